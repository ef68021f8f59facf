import { Type } from 'typebox'
import { viewCustomer } from '../../../usecases/customers/get-customer.ts'
import { OWNER_BEHAVIORS, setRestoreBehavior } from '../../../usecases/customers/set-restore-behavior.ts'
import { answerCustomer } from '../answer-customer.ts'
import { secretKeyOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import { SdkFault } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { CustomerInfoRef } from '../wire/customer-info.ts'

const schema = {
  ...operation(
    'setRestoreBehavior',
    'Customers',
    "Decide what happens when others post a customer's purchases",
    'secret',
  ),
  description: "Counts for purchases that belong to this customer, in place of the project's setting.",
  params: CustomerParams,
  body: Type.Object({ restore_behavior: Type.Union(OWNER_BEHAVIORS.map((behavior) => Type.Literal(behavior))) }),
  response: { 200: CustomerInfoRef, ...ERRORS },
}

/** `POST /v1/subscribers/{app_user_id}/restore_behavior`. RevenueCat REST API v1. */
export function restoreBehaviorRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  const options = { schema, onRequest: guard('secret') }
  app.post('/subscribers/:app_user_id/restore_behavior', options, async (request, reply) => {
    const { projectId } = secretKeyOf(request)
    const appUserId = readAppUserId(request.params.app_user_id)
    const { restore_behavior: behavior } = request.body
    const set = await setRestoreBehavior(ctx, { projectId, appUserId, behavior })
    if (!set.ok) throw new SdkFault(set.refusal.code)
    return answerCustomer(ctx, request, reply, await viewCustomer(ctx, set.value))
  })
}
