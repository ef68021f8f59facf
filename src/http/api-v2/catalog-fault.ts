import type { GrantsRefusal } from '../../core/catalog/check-grants.ts'
import type { CreateCurrencyRefusal } from '../../usecases/catalog/create-currency.ts'
import type { DeleteCurrencyRefusal } from '../../usecases/catalog/delete-currency.ts'
import type { UpdateCurrencyRefusal } from '../../usecases/catalog/update-currency.ts'
import { ApiFault, type FaultType } from './api-fault.ts'

type CatalogRefusal = CreateCurrencyRefusal | UpdateCurrencyRefusal | DeleteCurrencyRefusal | GrantsRefusal

/** Refusals of catalogue changes. A new one does not compile until it has an answer. */
const ANSWERS = {
  currency_unknown: ['resource_missing', undefined, 'Resource not found'],
  currency_exists: ['resource_already_exists', 'code', 'A virtual currency with this code already exists.'],
  too_many_currencies: [
    'unprocessable_entity_error',
    undefined,
    'A project has at most 100 virtual currencies, archived ones included.',
  ],
  product_unknown: ['resource_missing', 'product_grants', 'A product of product_grants does not exist.'],
  product_granted_twice: [
    'unprocessable_entity_error',
    'product_grants',
    'A product can be granted only once for each virtual currency.',
  ],
  one_time_grant_expires: [
    'unprocessable_entity_error',
    'product_grants',
    'Only grants of subscriptions can expire: expire_at_cycle_end must be false for one-time products.',
  ],
  currency_in_use: [
    'unprocessable_entity_error',
    'virtual_currency_code',
    'Customers have or had units of this virtual currency. Archive it instead.',
  ],
} as const satisfies Record<CatalogRefusal['code'], readonly [FaultType, string | undefined, string]>

/** What a refused change of the catalogue is answered with. */
export function catalogFault(refusal: CatalogRefusal): ApiFault {
  const [type, param, message] = ANSWERS[refusal.code]
  return new ApiFault(type, message, { param })
}
