import type { Catalog } from '../catalog/catalog.ts'
import type { EntitlementGrant } from '../entitlements/grant.ts'
import { accessEndsAt, type Purchase } from '../purchases/purchase.ts'
import type { UsageConfig } from './config.ts'
import { capsOf } from './credits-cap.ts'
import { type BillingCycle, type Period, periodAt } from './period.ts'
import { type HeldTier, heldTier } from './tier.ts'

/** Where a customer stands now: which rank, in which period, and what it allows by meter id and `credits`. */
export type Standing = HeldTier & { period: Period; storeProductId: string | null; caps: ReadonlyMap<string, number> }

/** What decides it: what the customer bought and was granted, and the cap of credits that an operator set for this one alone. */
export type Holdings = {
  purchases: readonly Purchase[]
  grants: readonly EntitlementGrant[]
  creditsCap: number | null
}

export function standingOf(
  config: UsageConfig,
  { creditsCap, ...given }: Holdings,
  catalog: Catalog,
  now: number,
): Standing {
  const held = heldTier(config.tiers, given, catalog, now)
  const product = held.purchase === null ? undefined : catalog.products.get(held.purchase.productId)
  return {
    ...held,
    period: periodAt(config.period, now, billingCycleOf(held.purchase)),
    storeProductId: product?.storeProductId ?? null,
    caps: capsOf(held.tier, creditsCap),
  }
}

/** What was paid once has no cycle. While the store tries to charge again, the old cycle goes on. */
function billingCycleOf(purchase: Purchase | null): BillingCycle | null {
  if (purchase === null || purchase.type !== 'subscription') return null
  const endsAt = accessEndsAt(purchase)
  return endsAt === null ? null : { startsAt: purchase.purchasedAt, endsAt }
}
