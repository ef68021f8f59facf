import type { ChangeBalancesRefusal } from '../../usecases/wallet/change-balances.ts'
import { ApiFault, type FaultType } from './api-fault.ts'

/** Refusals of balance changes. A new one does not compile until it has an answer. */
const ANSWERS = {
  customer_not_found: ['resource_missing', undefined, 'Resource not found'],
  currency_unknown: ['resource_missing', 'adjustments', 'A virtual currency of adjustments does not exist.'],
  insufficient_balance: [
    'unprocessable_entity_error',
    'adjustments',
    "Customer's balance is not enough to perform the transaction.",
  ],
  balance_above_maximum: [
    'unprocessable_entity_error',
    'adjustments',
    "Customer's balance would be above the maximum of 2000000000.",
  ],
  currency_archived: [
    'unprocessable_entity_error',
    'adjustments',
    'A virtual currency of adjustments is archived; its balances cannot be changed.',
  ],
  idempotency_key_conflict: [
    'idempotency_error',
    'Idempotency-Key',
    'The Idempotency-Key was used for another request.',
  ],
} as const satisfies Record<ChangeBalancesRefusal['code'], readonly [FaultType, string | undefined, string]>

/** What a refused change of balances is answered with. */
export function balanceFault(refusal: ChangeBalancesRefusal | { code: 'customer_not_found' }): ApiFault {
  const [type, param, message] = ANSWERS[refusal.code]
  return new ApiFault(type, message, { param })
}
