import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { CreditsCapChange } from '../../core/usage/credits-cap.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx } from '../ports.ts'
import { CAP_CHANGES_SHOWN, type CreditsCapView, viewCreditsCap } from './read-credits-cap.ts'

export type SetCreditsCapInput = {
  projectId: string
  userId: string
  /** From 1 to `CAP_MAX`; null has the tier's cap count again. */
  creditsTotal: number | null
  reason: string
  actor: string
  requestId: string | null
}

/**
 * Sets how many credits a period allows to one customer, from now on and in the running period too. What was used stays
 * used. The same order by the same person again, such as a request that is repeated, changes nothing.
 */
export async function setCreditsCap(
  ctx: Ctx,
  { projectId, userId, ...order }: SetCreditsCapInput,
): Promise<Result<CreditsCapView, { code: 'customer_not_found' }>> {
  return ctx.transaction<CreditsCapView, { code: 'customer_not_found' }>(async (tx) => {
    const customer = await tx.customers.lockByAppUserId(projectId, userId)
    if (customer === null) return refuse({ code: 'customer_not_found' })
    const earlier = await tx.usage.creditsCaps(customer, CAP_CHANGES_SHOWN)
    if (isSameOrder(order, earlier[0])) return ok(viewCreditsCap(earlier, customer.revision))
    const now = ctx.clock.now()
    const change: CreditsCapChange = { ...order, mergedFrom: null, createdAt: now }
    const [, changed] = await Promise.all([
      tx.usage.insertCreditsCap(customer, change),
      recordChange(tx, customer, { kinds: ['usage'], cause: 'admin_adjust', events: [], now }),
    ])
    return ok(viewCreditsCap([change, ...earlier].slice(0, CAP_CHANGES_SHOWN), changed.revision))
  })
}

function isSameOrder(
  order: Pick<CreditsCapChange, 'creditsTotal' | 'reason' | 'actor'>,
  latest: CreditsCapChange | undefined,
): boolean {
  if (latest === undefined || latest.mergedFrom !== null) return false
  const { creditsTotal, reason, actor } = latest
  return order.creditsTotal === creditsTotal && order.reason === reason && order.actor === actor
}
