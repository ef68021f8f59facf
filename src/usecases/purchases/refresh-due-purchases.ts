import { BUCKET_COUNT, bucketOf } from '../../core/lib/bucket.ts'
import { HOUR_MS, MINUTE_MS } from '../../core/lib/clock.ts'
import type { Store } from '../../core/projects/project.ts'
import type { Ctx, DuePurchase } from '../ports.ts'
import { refreshPurchase } from './refresh-purchase.ts'

/**
 * Purchases of each store that are looked after at a time, which is about once a second: what the stores allow one
 * developer to ask, with room left for receipts. The Test Store is nobody else's.
 */
const CHECKS_AT_A_TIME = {
  app_store: 20,
  mac_app_store: 5,
  play_store: 20,
  amazon: 5,
  stripe: 20,
  rc_billing: 20,
  paddle: 5,
  roku: 5,
  galaxy: 5,
  test_store: 100,
} as const satisfies Record<Store, number>

/** A store that gives no answer is asked again after as long as it has kept silent, within these bounds. */
const SILENCE_MIN_MS = MINUTE_MS
const SILENCE_MAX_MS = 6 * HOUR_MS

/**
 * Looks after one batch of purchases that are due, of each store as many as it may be asked. `more` says that another
 * batch is waiting. Purchases whose store gave no answer are put off and do not count as progress, so that a store that is
 * down neither makes this spin nor keeps others waiting.
 */
export async function refreshDuePurchases(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  let done = 0
  let more = false
  for (const [store, atATime] of Object.entries(CHECKS_AT_A_TIME) as Array<[Store, number]>) {
    if (ctx.stores(store) === null) continue
    const due = await ctx.read.purchases.due(store, ctx.clock.now(), atATime)
    let changed = 0
    for (const purchase of due) {
      const outcome = await refreshPurchase(ctx, purchase)
      if (outcome === 'changed') changed += 1
      if (outcome === 'postponed') await ctx.read.purchases.postpone(purchase, askAgainAt(purchase, ctx.clock.now()))
    }
    done += changed
    more ||= store === 'test_store' && changed === atATime
  }
  return { done, more }
}

/** Spread by the purchase, so that all that became due in an outage does not ask at one instant after it. */
function askAgainAt({ since, purchaseId }: DuePurchase, now: number): number {
  const silentMs = Math.min(Math.max(now - since, SILENCE_MIN_MS), SILENCE_MAX_MS)
  const spread = bucketOf(purchaseId) / BUCKET_COUNT
  return now + Math.round(silentMs * (1 + spread / 2))
}
