import { Type } from 'typebox'
import { viewCustomer } from '../../../usecases/customers/get-customer.ts'
import { aliasCustomer } from '../../../usecases/customers/identify-customer.ts'
import { answerCustomer } from '../answer-customer.ts'
import { callerOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import { SdkFault } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'

const schema = {
  ...operation('aliasCustomer', 'Customers', 'Give a customer another id', 'public'),
  description: 'Makes two ids one customer. Refused with 7255 when people have logged in to both.',
  params: CustomerParams,
  body: Type.Object({ new_app_user_id: Type.String() }),
  response: { 200: CustomerInfoRef, ...ERRORS },
}

/** `POST /v1/subscribers/{app_user_id}/alias`. RevenueCat REST API v1. */
export function aliasRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.post('/subscribers/:app_user_id/alias', { schema, onRequest: guard('public') }, async (request, reply) => {
    const appUserId = readAppUserId(request.params.app_user_id)
    const newAppUserId = readAppUserId(request.body.new_app_user_id)
    const { projectId } = callerOf(request)
    const aliased = await aliasCustomer(ctx, { projectId, appUserId, newAppUserId })
    if (!aliased.ok) throw new SdkFault(aliased.refusal.code)
    return answerCustomer(ctx, request, reply, await viewCustomer(ctx, aliased.value.customer))
  })
}
