import { type Static, Type } from 'typebox'
import { ok, type Result, refuse } from '../../../core/lib/result.ts'
import type { Store } from '../../../core/projects/project.ts'
import type { ReceiptFacts } from '../../../core/purchases/receipt-facts.ts'
import { textOf } from './lenient-values.ts'
import { receiptFactsFromWire } from './receipt-facts-from-wire.ts'
import { nullable } from './values.ts'

/**
 * The fields of a posted receipt that decide something. SDKs send two dozen others and add some every year: all are
 * accepted in any form, because after a refusal an SDK drops the purchase.
 */
export const ReceiptBody = Type.Object(
  {
    app_user_id: Type.String({ description: 'Whose purchase it is.' }),
    fetch_token: Type.Optional(
      nullable(
        Type.String({
          minLength: 1,
          description: 'The receipt or token of the store. Apps for iOS may leave it out and send `app_transaction`.',
        }),
      ),
    ),
    app_transaction: Type.Optional(Type.Unknown({ description: "The App Store's proof of the app itself, of iOS." })),
    product_id: Type.Optional(nullable(Type.String({ description: "The product's identifier at the store." }))),
    product_ids: Type.Optional(Type.Unknown({ description: 'A list instead of `product_id`, sent by Android.' })),
    presented_offering_identifier: Type.Optional(Type.Unknown({ description: 'The offering that was shown.' })),
    price: Type.Optional(Type.Unknown({ description: 'As a number or as it was shown. A hint; the store decides.' })),
    currency: Type.Optional(Type.Unknown({ description: 'ISO 4217. USD when a price has none.' })),
    store_country: Type.Optional(Type.Unknown({ description: 'ISO 3166-1, of two or three letters.' })),
    initiation_source: Type.Optional(Type.Unknown({ description: 'What made the app post it.' })),
    create_events: Type.Optional(Type.Unknown({ description: 'false: nobody outside is told of what is found.' })),
    should_update_last_seen_fields: Type.Optional(Type.Unknown({ description: 'false: no device was there.' })),
    attributes: Type.Optional(Type.Unknown({ description: 'Saved as by the call that sets attributes.' })),
  },
  { additionalProperties: true },
)
export type ReceiptBody = Static<typeof ReceiptBody>

export type Receipt = {
  fetchToken: string
  storeProductId: string | null
  presentedOffering: string | null
  createsEvents: boolean
  countsAsVisit: boolean
  isRestore: boolean
  facts: ReceiptFacts
}

export type ReceiptBodyRefusal =
  | { code: 'product_ids_malformed' }
  | { code: 'platform_in_body' }
  | { code: 'token_missing' }
  /** A restore on iOS without a receipt, which takes the App Store to be asked. */
  | { code: 'store_unsupported' }

/** Reads a posted receipt. RevenueCat REST API v1, POST /receipts. */
export function receiptFromWire(body: ReceiptBody, store: Store): Result<Receipt, ReceiptBodyRefusal> {
  if (((body as { platform?: unknown }).platform ?? null) !== null) return refuse({ code: 'platform_in_body' })
  const productIds = body.product_ids ?? []
  if (!isProductIds(productIds, store)) return refuse({ code: 'product_ids_malformed' })
  const fetchToken = body.fetch_token ?? null
  if (fetchToken === null)
    return refuse({ code: isRestoreByApple(body, store) ? 'store_unsupported' : 'token_missing' })
  const facts = receiptFactsFromWire(body)
  return ok({
    fetchToken,
    storeProductId: body.product_id ?? productIds[0] ?? null,
    // A longer name of an offering is not ours; it is kept for statistics only, so it is dropped, not refused.
    presentedOffering: textOf(body.presented_offering_identifier) ?? null,
    createsEvents: !isNo(body.create_events),
    countsAsVisit: !isNo(body.should_update_last_seen_fields),
    isRestore: facts.initiation === 'restore',
    facts,
  })
}

function isProductIds(value: unknown, store: Store): value is string[] {
  if (!Array.isArray(value) || !value.every((id) => typeof id === 'string')) return false
  return store !== 'play_store' || value.length <= 1
}

/** iOS restores with the transaction of the app itself when the device has no receipt. */
function isRestoreByApple({ app_transaction: proof }: ReceiptBody, store: Store): boolean {
  return (store === 'app_store' || store === 'mac_app_store') && typeof proof === 'string' && proof !== ''
}

/** Scripts that bring receipts along say no in more than one way. */
function isNo(value: unknown): boolean {
  return value === false || value === 'false'
}
