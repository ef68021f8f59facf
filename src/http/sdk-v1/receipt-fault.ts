import type { Store } from '../../core/projects/project.ts'
import type { ReceiptRefusal } from '../../usecases/purchases/post-receipt.ts'
import { SdkFault, type SdkFaultName } from './sdk-fault.ts'
import type { ReceiptBodyRefusal } from './wire/receipt-from-wire.ts'

/**
 * The faults of refused receipts. After a 4xx the device finishes the purchase and never posts it again, so only a
 * receipt that can never be right gets one; after a 5xx it keeps the purchase and tries again.
 */
const FAULT_OF_REFUSAL = {
  receipt_invalid: 'receipt_invalid',
  product_unknown: 'receipt_invalid',
  receipt_in_use: 'receipt_in_use',
  store_unavailable: 'store_unavailable',
  store_unsupported: 'store_unsupported',
  product_ids_malformed: 'product_ids_malformed',
  platform_in_body: 'bad_request',
  token_missing: 'bad_request',
} as const satisfies Record<ReceiptRefusal['code'] | ReceiptBodyRefusal['code'], SdkFaultName>

/** The error for a refused receipt. RevenueCat REST API v1, POST /receipts. */
export function receiptFault(refusal: ReceiptRefusal | ReceiptBodyRefusal, store: Store): SdkFault {
  if (refusal.code === 'product_unknown') return unknownProductFault(refusal.storeProductId, store)
  return new SdkFault(FAULT_OF_REFUSAL[refusal.code], messageOf(refusal))
}

/** Somebody paid at a real store for what the catalogue lacks: the operator can still add it. Nobody pays the Test Store. */
function unknownProductFault(storeProductId: string, store: Store): SdkFault {
  const message = `The app has no product ${JSON.stringify(storeProductId.slice(0, MAX_SHOWN_PRODUCT))}.`
  return new SdkFault(store === 'test_store' ? FAULT_OF_REFUSAL.product_unknown : 'store_unavailable', message)
}

/** How much of a product id that the caller chose is repeated. */
const MAX_SHOWN_PRODUCT = 100

function messageOf(refusal: ReceiptRefusal | ReceiptBodyRefusal): string | undefined {
  if (refusal.code === 'receipt_invalid') return `The receipt is not valid: ${refusal.problem}.`
  if (refusal.code === 'token_missing') return 'fetch_token: is required'
  if (refusal.code === 'platform_in_body') return 'platform: Extra inputs are not permitted'
  return undefined
}
