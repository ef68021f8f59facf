import type { Ctx } from '../../src/usecases/ports.ts'
import { refreshDuePurchases } from '../../src/usecases/purchases/refresh-due-purchases.ts'

/** Rounds after which something is due for ever. A round takes a whole batch, so no story comes near. */
const ROUNDS_MAX = 50

/** Lets the worker look after purchases until none is due at this moment. Fails when that never happens. */
export async function runDue(ctx: Ctx): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if ((await ctx.read.purchases.due('test_store', ctx.clock.now(), 1)).length === 0) return
    await refreshDuePurchases(ctx)
  }
  throw new Error(`purchases are still due after ${ROUNDS_MAX} rounds`)
}
