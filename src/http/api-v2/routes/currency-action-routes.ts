import { Type } from 'typebox'
import { archiveCurrency } from '../../../usecases/catalog/archive-currency.ts'
import { deleteCurrency } from '../../../usecases/catalog/delete-currency.ts'
import type { ApiApp, ApiRoute } from '../api-route.ts'
import { catalogFault } from '../catalog-fault.ts'
import { callerOf } from '../key-guard.ts'
import { CurrencyParams, operation, refTo, writeErrors } from '../route-schema.ts'
import { currencyToWire } from '../wire/currency-to-wire.ts'
import { VirtualCurrency } from '../wire/virtual-currency.ts'

const TAG = 'Virtual Currency'
const WRITE = 'project_configuration:virtual_currencies:read_write'

const currency = '/projects/:project_id/virtual_currencies/:virtual_currency_code'

/** What is left of a deleted thing. The id of a currency is its code. */
const DeletedCurrency = Type.Object(
  {
    object: Type.Literal('virtual_currency'),
    id: Type.String(),
    deleted_at: Type.Integer({ description: 'Milliseconds since 1970.' }),
  },
  { additionalProperties: false, description: 'It is gone.' },
)

const deleteSchema = {
  ...operation('delete-virtual-currency', TAG, 'Delete a currency that nobody ever had', WRITE),
  params: CurrencyParams,
  response: { 200: DeletedCurrency, ...writeErrors },
}

const ACTIONS = [
  { action: 'archive', summary: 'Archive a currency', archived: true },
  { action: 'unarchive', summary: 'Bring an archived currency back', archived: false },
] as const

/** `DELETE` of a currency and its actions, all of them without a body. RevenueCat REST API v2. */
export function currencyActionRoutes(app: ApiApp, { ctx, guard }: ApiRoute): void {
  const canWrite = guard('configuration', WRITE)

  app.delete(currency, { schema: deleteSchema, onRequest: canWrite }, async (request) => {
    const { projectId } = callerOf(request)
    const code = request.params.virtual_currency_code
    const deleted = await deleteCurrency(ctx, { projectId, code })
    if (!deleted.ok) throw catalogFault(deleted.refusal)
    return { object: 'virtual_currency' as const, id: code, deleted_at: deleted.value.deletedAt }
  })

  for (const { action, summary, archived } of ACTIONS) {
    const schema = {
      ...operation(`${action}-virtual-currency`, TAG, summary, WRITE),
      params: CurrencyParams,
      response: { 200: refTo(VirtualCurrency), ...writeErrors },
    }
    app.post(`${currency}/actions/${action}`, { schema, onRequest: canWrite }, async (request) => {
      const { projectId } = callerOf(request)
      const code = request.params.virtual_currency_code
      const changed = await archiveCurrency(ctx, { projectId, code, archived })
      if (!changed.ok) throw catalogFault(changed.refusal)
      return currencyToWire(projectId, changed.value)
    })
  }
}
