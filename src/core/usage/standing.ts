import type { Catalog } from '../catalog/catalog.ts'
import { accessEndsAt, type Purchase } from '../purchases/purchase.ts'
import type { UsageConfig } from './config.ts'
import { type BillingCycle, type Period, periodAt } from './period.ts'
import { type HeldTier, heldTier } from './tier.ts'

/** Where a customer stands now: which rank, in which period. */
export type Standing = HeldTier & { period: Period; storeProductId: string | null }

export function standingOf(
  config: UsageConfig,
  purchases: readonly Purchase[],
  catalog: Catalog,
  now: number,
): Standing {
  const held = heldTier(config.tiers, purchases, catalog, now)
  const product = held.purchase === null ? undefined : catalog.products.get(held.purchase.productId)
  return {
    ...held,
    period: periodAt(config.period, now, billingCycleOf(held.purchase)),
    storeProductId: product?.storeProductId ?? null,
  }
}

/** What was paid once has no cycle. While the store tries to charge again, the old cycle goes on. */
function billingCycleOf(purchase: Purchase | null): BillingCycle | null {
  if (purchase === null || purchase.type !== 'subscription') return null
  const endsAt = accessEndsAt(purchase)
  return endsAt === null ? null : { startsAt: purchase.purchasedAt, endsAt }
}
