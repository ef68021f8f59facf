import { type Static, Type } from 'typebox'
import { ok, type Result, refuse } from '../../../core/lib/result.ts'
import type { Store } from '../../../core/projects/project.ts'
import { nullable } from './values.ts'

/** Longer names of offerings are not ours; the name is kept for statistics only, so it is dropped, not refused. */
const OFFERING_MAX_LENGTH = 255

/**
 * The fields of a posted receipt that are read. SDKs send two dozen others and add some every year: all are accepted in
 * any form, because after a refusal an SDK drops the purchase.
 */
export const ReceiptBody = Type.Object(
  {
    app_user_id: Type.String({ description: 'Whose purchase it is.' }),
    fetch_token: Type.String({ minLength: 1, description: 'The receipt or token of the store.' }),
    product_id: Type.Optional(nullable(Type.String({ description: "The product's identifier at the store." }))),
    product_ids: Type.Optional(Type.Unknown({ description: 'A list instead of `product_id`, sent by Android.' })),
    presented_offering_identifier: Type.Optional(Type.Unknown({ description: 'The offering that was shown.' })),
    attributes: Type.Optional(Type.Unknown({ description: 'Saved as by the call that sets attributes.' })),
  },
  { additionalProperties: true },
)
export type ReceiptBody = Static<typeof ReceiptBody>

export type Receipt = { fetchToken: string; storeProductId: string | null; presentedOffering: string | null }

export type ReceiptBodyRefusal = { code: 'product_ids_malformed' } | { code: 'platform_in_body' }

/** Reads a posted receipt. RevenueCat REST API v1, POST /receipts. */
export function receiptFromWire(body: ReceiptBody, store: Store): Result<Receipt, ReceiptBodyRefusal> {
  if (((body as { platform?: unknown }).platform ?? null) !== null) return refuse({ code: 'platform_in_body' })
  const productIds = body.product_ids ?? []
  if (!isProductIds(productIds, store)) return refuse({ code: 'product_ids_malformed' })
  return ok({
    fetchToken: body.fetch_token,
    storeProductId: body.product_id ?? productIds[0] ?? null,
    presentedOffering: offeringOrNull(body.presented_offering_identifier),
  })
}

function isProductIds(value: unknown, store: Store): value is string[] {
  if (!Array.isArray(value) || !value.every((id) => typeof id === 'string')) return false
  return store !== 'play_store' || value.length <= 1
}

function offeringOrNull(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= OFFERING_MAX_LENGTH ? value : null
}
