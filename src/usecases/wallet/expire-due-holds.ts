import type { Customer } from '../../core/customers/customer.ts'
import { ok } from '../../core/lib/result.ts'
import { BY_RULE } from '../../core/wallet/ledger-transaction.ts'
import { releaseHold } from '../../core/wallet/release-hold.ts'
import { lockSurvivor } from '../customers/lock-survivor.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, Tx } from '../ports.ts'
import { heldUnits, holdChange, releaseWorld } from './held-units.ts'
import { openWallets, postLedger, walletIn } from './open-wallets.ts'

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

/** Releases a hold whose time is up. Nothing happens when somebody was there first. */
async function expireHold(tx: Tx, ctx: Ctx, customer: Customer, holdId: string): Promise<boolean> {
  const hold = await tx.holds.get(customer, holdId)
  const now = ctx.clock.now()
  if (hold === null || hold.status !== 'open' || hold.expiresAt > now) return false
  const open = await openWallets(tx, ctx, customer)
  const drawn = await heldUnits(tx, customer, hold)
  const released = releaseHold(walletIn(open, hold.currency), hold, drawn, 'expired', releaseWorld(ctx))
  const facts = {
    ...BY_RULE,
    kind: 'hold_release' as const,
    reason: hold.reason,
    operationId: holdId,
    changes: [released.change],
  }
  await postLedger(tx, ctx, open, facts, 'admin_api')
  await Promise.all([tx.holds.save(customer, released.hold), recordChange(tx, customer, holdChange(ctx, open))])
  return true
}
