import { Type } from 'typebox'
import { viewCustomer } from '../../../usecases/customers/get-customer.ts'
import { identifyCustomer } from '../../../usecases/customers/identify-customer.ts'
import { answerCustomer } from '../answer-customer.ts'
import { callerOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'

const schema = {
  ...operation('identifyCustomer', 'Customers', 'Log in', 'public'),
  description:
    'Answers the customer of the new id. An anonymous customer is joined with a new id, or with a known one that has ' +
    'no anonymous id yet; in all other cases the app just goes on as the new id. 201 says that the new id is new.',
  body: Type.Object({
    app_user_id: Type.String({ description: 'The id until now.' }),
    new_app_user_id: Type.String({ description: 'The id from now on.' }),
  }),
  response: { 200: CustomerInfoRef, 201: CustomerInfoRef, ...ERRORS },
}

/** `POST /v1/subscribers/identify`. It wins over a customer called `identify`. RevenueCat REST API v1. */
export function identifyRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.post('/subscribers/identify', { schema, onRequest: guard('public') }, async (request, reply) => {
    const appUserId = readAppUserId(request.body.app_user_id)
    const newAppUserId = readAppUserId(request.body.new_app_user_id)
    const { projectId } = callerOf(request)
    const identified = await identifyCustomer(ctx, { projectId, appUserId, newAppUserId })
    if (!identified.ok) return identified.refusal
    const view = await viewCustomer(ctx, identified.value.customer)
    return reply.code(identified.value.created ? 201 : 200).send(await answerCustomer(ctx, request, reply, view))
  })
}
