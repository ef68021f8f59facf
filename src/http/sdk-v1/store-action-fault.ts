import type { DeferRefusal } from '../../usecases/purchases/defer-subscription.ts'
import { SdkFault, type SdkFaultName } from './sdk-fault.ts'

/**
 * The faults of store actions. 5xx where a repetition can help; a store's own refusal is a 4xx, for it stays one. REST API
 * v1, store actions.
 */
const FAULT_OF_REFUSAL = {
  customer_unknown: 'customer_unknown',
  purchase_unknown: 'purchase_unknown',
  action_unsupported: 'platform_invalid',
  action_refused: 'store_refused',
  receipt_invalid: 'store_refused',
  product_unknown: 'store_refused',
  store_unavailable: 'store_unavailable',
  end_not_later: 'bad_request',
} as const satisfies Record<DeferRefusal['code'], SdkFaultName>

export function storeActionFault(refusal: DeferRefusal): SdkFault {
  return new SdkFault(FAULT_OF_REFUSAL[refusal.code], wordsOf(refusal))
}

function wordsOf(refusal: DeferRefusal): string | undefined {
  switch (refusal.code) {
    case 'action_unsupported':
      return `Purchases of ${refusal.store} cannot be changed in this way.`
    case 'action_refused':
    case 'receipt_invalid':
      return `The store refused: ${refusal.problem}.`
    case 'store_unavailable':
      return 'The store cannot be asked at the moment. Try again later.'
    case 'end_not_later':
      return 'The new end must be later than the current one.'
    default:
      return undefined
  }
}
