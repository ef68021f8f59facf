import type { Catalog } from '../catalog/catalog.ts'
import { accessEndsAt, type Purchase } from '../purchases/purchase.ts'
import { withFormer } from '../purchases/with-former.ts'
import { type EntitlementGrant, grantEndsAt } from './grant.ts'

/** What gives access to an entitlement: something that was bought, or a grant by hand. */
export type EntitlementSource = { purchase: Purchase; grant: null } | { purchase: null; grant: EntitlementGrant }

/** Access to one entitlement, as the purchase or the grant that holds it longest gives it. */
export type Entitlement = EntitlementSource & {
  lookupKey: string
  purchasedAt: number
  /** End of access; null is for ever. May lie in the past. */
  expiresAt: number | null
}

/**
 * Every entitlement the purchases and grants ever gave, the lapsed ones too, by lookup key. Of several the one whose access
 * ends last counts, and no end beats every end; of equal ends the later one, and a purchase before a grant. The catalogue
 * decides what a purchase gives, so attaching or detaching a product works backwards in time. A refunded one-time purchase
 * gives nothing: clients take those for endless.
 */
export function entitlementsOf(
  purchases: readonly Purchase[],
  grants: readonly EntitlementGrant[],
  catalog: Catalog,
): Entitlement[] {
  const held = new Map<string, Entitlement>()
  const offer = (one: Entitlement) => {
    const best = held.get(one.lookupKey)
    if (best === undefined || outlasts(one, best)) held.set(one.lookupKey, one)
  }
  for (const purchase of purchases.flatMap(withFormer)) {
    if (purchase.type !== 'subscription' && purchase.refundedAt !== null) continue
    const { purchasedAt } = purchase
    for (const lookupKey of catalog.products.get(purchase.productId)?.entitlements ?? [])
      offer({ lookupKey, purchase, grant: null, purchasedAt, expiresAt: accessEndsAt(purchase) })
  }
  for (const grant of grants) {
    const { lookupKey, grantedAt: purchasedAt } = grant
    offer({ lookupKey, purchase: null, grant, purchasedAt, expiresAt: grantEndsAt(grant) })
  }
  return [...held.values()].sort((one, other) => (one.lookupKey < other.lookupKey ? -1 : 1))
}

/** Whether the first purchase's access ends after the second's; of equal ends the later purchase counts. */
export function endsLater(one: Purchase, other: Purchase): boolean {
  const accessOf = (purchase: Purchase) => ({ purchasedAt: purchase.purchasedAt, expiresAt: accessEndsAt(purchase) })
  return outlasts(accessOf(one), accessOf(other))
}

type Access = Pick<Entitlement, 'purchasedAt' | 'expiresAt'>

function outlasts(one: Access, other: Access): boolean {
  const oneEnd = one.expiresAt ?? Number.POSITIVE_INFINITY
  const otherEnd = other.expiresAt ?? Number.POSITIVE_INFINITY
  return oneEnd === otherEnd ? one.purchasedAt > other.purchasedAt : oneEnd > otherEnd
}
