import { createHash } from 'node:crypto'
import type { Static } from 'typebox'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { Purchase } from '../../../core/purchases/purchase.ts'
import type { WireOneTimePurchase } from './customer-info.ts'
import { groupByProductKey } from './product-key.ts'
import { dateToWire, priceToWire } from './values.ts'

type OneTimePurchase = Static<typeof WireOneTimePurchase>

/** Length of the id that REST API v1 gives to a one-time purchase. */
const ID_DIGITS = 10

/**
 * One-time purchases by product, the oldest first: SDKs take the last for the latest. Refunded ones are left out, since
 * the JavaScript SDK takes an entitlement of any product listed here for endless.
 */
export function oneTimePurchasesToWire(
  purchases: readonly Purchase[],
  catalog: Catalog,
): Record<string, OneTimePurchase[]> {
  const kept = purchases.filter((purchase) => purchase.type !== 'subscription' && purchase.refundedAt === null)
  const entries = [...groupByProductKey(kept.toSorted(byPurchase), catalog)]
  return Object.fromEntries(
    entries.map(([key, group]) => [key, group.map((purchase) => oneTimePurchaseToWire(purchase, catalog))]),
  )
}

/** The deprecated mirror: the latest purchase of each product. */
export function otherPurchasesOf(
  oneTime: Readonly<Record<string, readonly OneTimePurchase[]>>,
): Record<string, { purchase_date: string }> {
  return Object.fromEntries(
    Object.entries(oneTime).map(([key, group]) => [key, { purchase_date: group.at(-1)?.purchase_date ?? '' }]),
  )
}

function oneTimePurchaseToWire(purchase: Purchase, catalog: Catalog): OneTimePurchase {
  return {
    id: createHash('sha256').update(purchase.purchaseId).digest('hex').slice(0, ID_DIGITS),
    store: purchase.store,
    is_sandbox: purchase.environment === 'sandbox',
    purchase_date: dateToWire(purchase.purchasedAt),
    original_purchase_date: dateToWire(purchase.originalPurchasedAt),
    store_transaction_id: purchase.storeTransactionId,
    price: priceToWire(purchase.price),
    display_name: catalog.products.get(purchase.productId)?.displayName ?? null,
  }
}

/** Purchase ids are time-ordered, so they settle which of two purchases of one millisecond came later. */
function byPurchase(one: Purchase, other: Purchase): number {
  return one.purchasedAt - other.purchasedAt || (one.purchaseId < other.purchaseId ? -1 : 1)
}
