import { Type } from 'typebox'
import { deleteCustomer } from '../../../usecases/customers/delete-customer.ts'
import { secretKeyOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import { SdkFault } from '../sdk-fault.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'

const schema = {
  ...operation('deleteCustomer', 'Customers', 'Delete a customer', 'secret'),
  description: `Deletes the customer with all ids, attributes, purchases and history, for ever. Entries of the ledger stay
without a name. Whoever uses one of the ids afterwards is a new customer.`,
  params: CustomerParams,
  response: {
    200: Type.Object({ app_user_id: Type.String({ description: 'As it was given.' }), deleted: Type.Literal(true) }),
    ...ERRORS,
  },
}

/** `DELETE /v1/subscribers/{app_user_id}`. RevenueCat REST API v1. */
export function deleteCustomerRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.delete('/subscribers/:app_user_id', { schema, onRequest: guard('secret') }, async (request) => {
    const { keyId: by, projectId } = secretKeyOf(request)
    const appUserId = readAppUserId(request.params.app_user_id)
    const deleted = await deleteCustomer(ctx, { projectId, appUserId, by })
    if (!deleted.ok) throw new SdkFault(deleted.refusal.code)
    return { app_user_id: appUserId, deleted: true as const }
  })
}
