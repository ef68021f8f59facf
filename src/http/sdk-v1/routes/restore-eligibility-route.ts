import { Type } from 'typebox'
import { mayClaim } from '../../../usecases/purchases/may-claim.ts'
import { appOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { receiptFault } from '../receipt-fault.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import { SdkFault } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'

const schema = {
  ...operation(
    'getRestoreEligibility',
    'Purchases',
    "Ask whether a purchase would be refused as somebody else's",
    'public',
  ),
  description:
    'False when posting the receipt as a purchase of this customer would now be refused with 7102. Changes nothing.',
  params: CustomerParams,
  body: Type.Object({ fetch_token: Type.String({ minLength: 1 }) }),
  response: { 200: Type.Object({ is_purchase_allowed_by_restore_behavior: Type.Boolean() }), ...ERRORS },
}

/** `POST /v1/subscribers/{app_user_id}/restore/eligibility`, asked by iOS before a purchase. */
export function restoreEligibilityRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  const options = { schema, onRequest: guard('public') }
  app.post('/subscribers/:app_user_id/restore/eligibility', options, async (request) => {
    const caller = appOf(request)
    const appUserId = readAppUserId(request.params.app_user_id)
    const project = await ctx.read.projects.get(caller.projectId)
    if (project === null) throw new SdkFault('key_invalid')
    const may = await mayClaim(ctx, { project, app: caller, appUserId, fetchToken: request.body.fetch_token })
    if (!may.ok) throw receiptFault(may.refusal, caller.store)
    return { is_purchase_allowed_by_restore_behavior: may.value }
  })
}
