import type { Ctx } from '../ports.ts'
import { refreshPurchase } from './refresh-purchase.ts'

/** Purchases taken at a time: enough to keep the database busy, few enough to stop soon. */
const DUE_BATCH = 100

/**
 * Looks after one batch of purchases that are due. `more` says that another batch is waiting. Purchases whose store gave
 * no answer stay due; they do not count as progress, so that a store that is down does not make this spin.
 */
export async function refreshDuePurchases(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  const due = await ctx.read.purchases.due(ctx.clock.now(), DUE_BATCH)
  let changed = 0
  for (const purchase of due) {
    if ((await refreshPurchase(ctx, purchase)) === 'changed') changed += 1
  }
  return { done: changed, more: changed === DUE_BATCH }
}
