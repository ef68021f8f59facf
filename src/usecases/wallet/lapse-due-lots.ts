import type { CustomerRef } from '../../core/customers/customer.ts'
import { ok } from '../../core/lib/result.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx } from '../ports.ts'
import { openWallets } from './open-wallets.ts'

/** Lots looked at a time: enough to keep the database busy, few enough to stop soon. */
const DUE_BATCH = 100

/**
 * Books what has lapsed, customer by customer. Nobody could spend it any more; this is so that the ledger says so, and
 * that apps are told. Safe to run by several processes at once.
 */
export async function lapseDueLots(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  const customers = await ctx.read.wallet.lapsing(ctx.clock.now(), DUE_BATCH)
  for (const ref of customers) await lapseLots(ctx, ref)
  return { done: customers.length, more: customers.length > 0 }
}

async function lapseLots(ctx: Ctx, ref: CustomerRef): Promise<void> {
  await ctx.transaction<null, never>(async (tx) => {
    const [customer] = await tx.customers.lock([ref])
    if (customer === undefined) return ok(null)
    const open = await openWallets(tx, ctx, customer)
    if (open.currencies.size === 0) return ok(null)
    await recordChange(tx, customer, {
      kinds: ['usage'],
      cause: 'expiration',
      currencies: [...open.currencies],
      events: open.events,
      now: ctx.clock.now(),
    })
    return ok(null)
  })
}
