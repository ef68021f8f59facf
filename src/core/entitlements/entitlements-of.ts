import type { Catalog } from '../catalog/catalog.ts'
import { accessEndsAt, type Purchase } from '../purchases/purchase.ts'

/** Access to one entitlement, as the purchase that holds it longest gives it. */
export type Entitlement = {
  lookupKey: string
  purchase: Purchase
  purchasedAt: number
  /** End of access; null is for ever. May lie in the past. */
  expiresAt: number | null
}

/**
 * Every entitlement the purchases ever gave, the lapsed ones too, by lookup key. Of several purchases the one
 * whose access ends last counts, and no end beats every end. The catalogue decides, so attaching or detaching a
 * product works backwards in time. A refunded one-time purchase gives nothing: clients take those for endless.
 */
export function entitlementsOf(purchases: readonly Purchase[], catalog: Catalog): Entitlement[] {
  const held = new Map<string, Entitlement>()
  for (const purchase of purchases) {
    if (purchase.type !== 'subscription' && purchase.refundedAt !== null) continue
    for (const lookupKey of catalog.products.get(purchase.productId)?.entitlements ?? []) {
      const best = held.get(lookupKey)
      if (best === undefined || endsLater(purchase, best.purchase))
        held.set(lookupKey, entitlement(lookupKey, purchase))
    }
  }
  return [...held.values()].sort((one, other) => (one.lookupKey < other.lookupKey ? -1 : 1))
}

/** Whether the first purchase's access ends after the second's; of equal ends the later purchase counts. */
export function endsLater(one: Purchase, other: Purchase): boolean {
  const oneEnd = accessEndsAt(one) ?? Number.POSITIVE_INFINITY
  const otherEnd = accessEndsAt(other) ?? Number.POSITIVE_INFINITY
  return oneEnd === otherEnd ? one.purchasedAt > other.purchasedAt : oneEnd > otherEnd
}

function entitlement(lookupKey: string, purchase: Purchase): Entitlement {
  return { lookupKey, purchase, purchasedAt: purchase.purchasedAt, expiresAt: accessEndsAt(purchase) }
}
