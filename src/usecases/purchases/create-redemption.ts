import { MINUTE_MS } from '../../core/lib/clock.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import type { TokenSecrets } from '../token-secrets.ts'

/** How long a link works. RevenueCat REST API v1, redeem_purchase. */
const REDEMPTION_LIFE_MS = 60 * MINUTE_MS
/** Links kept of one customer, used and expired ones too; who needs another one gets it, and the oldest goes. */
const REDEMPTIONS_MAX = 20
/** Purchases that one link is for. People have a handful; what is left out stays with the one who bought it. */
const PURCHASES_MAX = 1_000

export type NewRedemption = { token: string; expiresAt: number }

export type RedemptionRefusal = { code: 'customer_not_found' } | { code: 'nothing_to_redeem' }

/**
 * Makes a link by which somebody takes along what a customer has bought until now, once and within the hour. Whoever has
 * the token has the purchases, so only its hash is kept.
 */
export async function createRedemption(
  ctx: Ctx,
  secrets: TokenSecrets,
  { projectId, appUserId }: { projectId: string; appUserId: string },
): Promise<Result<NewRedemption, RedemptionRefusal>> {
  const token = secrets.newToken()
  return ctx.transaction<NewRedemption, RedemptionRefusal>(async (tx) => {
    const owner = await tx.customers.lockByAppUserId(projectId, appUserId)
    if (owner === null) return refuse({ code: 'customer_not_found' })
    const purchases = await tx.purchases.ofCustomer(owner)
    if (purchases.length === 0) return refuse({ code: 'nothing_to_redeem' })
    const now = ctx.clock.now()
    const purchaseIds = purchases.slice(-PURCHASES_MAX).map((purchase) => purchase.purchaseId)
    const expiresAt = now + REDEMPTION_LIFE_MS
    await tx.redemptions.insert(
      secrets.hash(token),
      { owner, purchaseIds, expiresAt, redeemedAt: null, redeemedBy: null },
      now,
    )
    await tx.redemptions.deleteBeyond(owner, REDEMPTIONS_MAX)
    return ok({ token, expiresAt })
  })
}
