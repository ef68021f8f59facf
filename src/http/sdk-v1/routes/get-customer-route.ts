import { Type } from 'typebox'
import { getCustomer } from '../../../usecases/customers/get-customer.ts'
import { rememberCountry } from '../../../usecases/customers/remember-country.ts'
import { minRevisionQuery, reachRevision } from '../../lib/min-revision.ts'
import { sendCustomer } from '../answer-customer.ts'
import { callerOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation, PlatformHeader } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { storefrontOf } from '../storefront.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'

const schema = {
  ...operation('getCustomer', 'Customers', 'Get a customer, or create one', 'public_or_secret'),
  description: 'With `X-Platform` the call counts as a visit of the customer. 201 says that the customer is new.',
  params: CustomerParams,
  headers: PlatformHeader,
  querystring: Type.Object(minRevisionQuery),
  response: { 200: CustomerInfoRef, 201: CustomerInfoRef, ...ERRORS },
}

/** `GET /v1/subscribers/{app_user_id}`. RevenueCat REST API v1. */
export function getCustomerRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.get('/subscribers/:app_user_id', { schema, onRequest: guard('public_or_secret') }, async (request, reply) => {
    const appUserId = readAppUserId(request.params.app_user_id)
    const touch = request.headers['x-platform'] !== undefined
    const { projectId } = callerOf(request)
    await reachRevision(ctx, request.query, { projectId, appUserId })
    const { created, ...view } = await getCustomer(ctx, { projectId, appUserId, touch })
    if (touch) await rememberCountry(ctx, view.customer, storefrontOf(request))
    return sendCustomer(ctx, request, reply.code(created ? 201 : 200), view, touch)
  })
}
