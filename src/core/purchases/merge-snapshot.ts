import { assert } from '../lib/assert.ts'
import { stateOf } from './chain-state.ts'
import type { FormerProduct, Purchase, PurchaseTransaction } from './purchase.ts'
import { type PurchaseSnapshot, refundedAtOf } from './snapshot.ts'

/** Products remembered of one chain: more than a subscription group has. */
const FORMER_PRODUCTS_MAX = 20

/** The purchase with what the store says of it. What was told of its end, and what is due, is decided elsewhere. */
export function mergeSnapshot(
  current: Purchase | null,
  snapshot: PurchaseSnapshot,
  own: { purchaseId: string; presentedOffering: string | null },
): Purchase {
  const first = snapshot.transactions[0]
  const latest = snapshot.transactions.at(-1)
  assert(first !== undefined && latest !== undefined, 'a snapshot has at least one transaction')
  return {
    ...stateOf(snapshot),
    purchaseId: current?.purchaseId ?? own.purchaseId,
    appId: current?.appId ?? snapshot.appId,
    store: snapshot.store,
    environment: snapshot.environment,
    storePurchaseId: snapshot.storePurchaseId,
    type: snapshot.type,
    originalPurchasedAt: current?.originalPurchasedAt ?? first.purchasedAt,
    presentedOffering: current?.presentedOffering ?? own.presentedOffering,
    productId: latest.productId,
    purchasedAt: latest.purchasedAt,
    expiresAt: latest.expiresAt,
    periodType: latest.periodType,
    storeTransactionId: latest.storeTransactionId,
    price: latest.price,
    refundedAt: refundedAtOf(snapshot),
    renewalNumber: snapshot.transactions.length,
    formerProducts: formerProducts(current, snapshot),
    expirationSeenAt: null,
    dueAt: null,
  }
}

/** The charges in the form in which they are stored. What the store does not mention stays as it is known. */
export function chargesOf(snapshot: PurchaseSnapshot, stored: readonly PurchaseTransaction[]): PurchaseTransaction[] {
  return snapshot.transactions.map((charge, index) => ({
    ...charge,
    number: index + 1,
    refund: charge.refund === undefined ? (stored[index]?.refund ?? null) : charge.refund,
    offerCode: charge.offerCode ?? stored[index]?.offerCode ?? null,
    quantity: charge.quantity ?? stored[index]?.quantity ?? 1,
  }))
}

/** Of each product that the chain had before, the last period: it ended with the change, if that came before its end. */
function formerProducts(current: Purchase | null, { transactions }: PurchaseSnapshot): FormerProduct[] {
  const latest = transactions.at(-1)
  const former = new Map((current?.formerProducts ?? []).map((product) => [product.productId, product]))
  for (const [index, charge] of transactions.entries()) {
    const next = transactions[index + 1]
    if (next === undefined || next.productId === charge.productId) continue
    const { productId, storeTransactionId, periodType, purchasedAt, price } = charge
    const endedAt = Math.min(charge.expiresAt ?? next.purchasedAt, next.purchasedAt)
    former.set(productId, { productId, storeTransactionId, periodType, purchasedAt, endedAt, price })
  }
  return [...former.values()]
    .filter(({ productId }) => productId !== latest?.productId)
    .sort((one, other) => other.endedAt - one.endedAt)
    .slice(0, FORMER_PRODUCTS_MAX)
}
