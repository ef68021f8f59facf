import { UNTROUBLED } from './chain-state.ts'
import type { Purchase } from './purchase.ts'

/**
 * A purchase, and one that has ended for each product that the chain had before: what it gave then does not vanish from
 * the customer's history. RevenueCat REST API v1: expired subscriptions are listed too, by product.
 */
export function withFormer(purchase: Purchase): Purchase[] {
  if (purchase.formerProducts.length === 0) return [purchase]
  const former = purchase.formerProducts.map(({ endedAt, ...facts }) => ({
    ...purchase,
    ...UNTROUBLED,
    ...facts,
    ownership: purchase.ownership,
    expiresAt: endedAt,
    autoRenews: false,
    refundedAt: null,
    formerProducts: [],
    expirationSeenAt: endedAt,
    dueAt: null,
  }))
  return [purchase, ...former]
}
