import { ok } from '../../core/lib/result.ts'
import { lockSurvivor } from '../customers/lock-survivor.ts'
import type { Ctx } from '../ports.ts'
import { expireHold } from './change-hold.ts'

/** Holds looked at a time: enough to keep the database busy, few enough to stop soon. */
const DUE_BATCH = 100

/** Releases the units of holds whose time is up, one by one. Safe to run by several processes at once. */
export async function expireDueHolds(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  const due = await ctx.read.holds.due(ctx.clock.now(), DUE_BATCH)
  let done = 0
  for (const { owner, holdId } of due) {
    const expired = await ctx.transaction<boolean, never>(async (tx) => {
      const customer = await lockSurvivor(tx, owner)
      return ok(customer !== null && (await expireHold(tx, ctx, customer, holdId)))
    })
    if (expired.ok && expired.value) done += 1
  }
  return { done, more: done === DUE_BATCH }
}
