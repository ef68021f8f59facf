import type { Catalog } from '../catalog/catalog.ts'
import { endsLater } from '../entitlements/entitlements-of.ts'
import { type EntitlementGrant, grantGivesAccess } from '../entitlements/grant.ts'
import { assert } from '../lib/assert.ts'
import { givesAccess, type Purchase } from '../purchases/purchase.ts'
import type { Tier } from './config.ts'

/** The rank of a customer, and the purchase that gives it; null when none does: it was granted, or is the default. */
export type HeldTier = { tier: Tier; purchase: Purchase | null }

/**
 * The highest tier that an active purchase or a running grant of its entitlement leads to, else the default. Of several
 * purchases that lead there, the one whose access ends last stands for it; a grant has no period to count in.
 */
export function heldTier(
  tiers: readonly Tier[],
  { purchases, grants }: { purchases: readonly Purchase[]; grants: readonly EntitlementGrant[] },
  catalog: Catalog,
  now: number,
): HeldTier {
  const active = purchases.filter((purchase) => givesAccess(purchase, now))
  const granted = new Set(grants.filter((grant) => grantGivesAccess(grant, now)).map(({ lookupKey }) => lookupKey))
  for (const tier of tiers.toReversed()) {
    const leading = active.filter((purchase) => leadsTo(tier, purchase, catalog))
    const [first, ...others] = leading
    if (first === undefined && isGranted(tier, granted)) return { tier, purchase: null }
    if (first === undefined) continue
    return { tier, purchase: others.reduce((best, other) => (endsLater(other, best) ? other : best), first) }
  }
  const tier = tiers.find(({ isDefault }) => isDefault)
  assert(tier !== undefined, 'a configuration has a default tier')
  return { tier, purchase: null }
}

function isGranted({ members }: Tier, granted: ReadonlySet<string>): boolean {
  return members.by === 'entitlements' && members.keys.some((lookupKey) => granted.has(lookupKey))
}

function leadsTo({ members }: Tier, purchase: Purchase, catalog: Catalog): boolean {
  const product = catalog.products.get(purchase.productId)
  if (product === undefined) return false
  if (members.by === 'products') return members.keys.includes(product.storeProductId)
  return product.entitlements.some((lookupKey) => members.keys.includes(lookupKey))
}
