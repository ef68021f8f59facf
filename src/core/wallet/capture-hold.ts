import { ok, type Result } from '../lib/result.ts'
import { type DeductRefusal, deduct } from './deduct.ts'
import type { DrawnUnits, GiveBackWorld } from './give-back.ts'
import { type Hold, type HoldChange, heldOf } from './hold.ts'
import { postingsOf } from './postings-of.ts'
import { releaseUnits, unchanged } from './release-hold.ts'
import { unitsAfter } from './units-of-lots.ts'
import type { Wallet } from './wallet.ts'

/**
 * Uses units of an open hold. The rest is released into its lots, unless the hold is kept open. More than the hold keeps
 * is taken out of the balance, all of it or nothing; the hold is used up then.
 */
export function captureHold(
  wallet: Wallet,
  hold: Hold,
  drawn: readonly DrawnUnits[],
  order: { amount: number; keepOpen: boolean },
  world: GiveBackWorld,
): Result<HoldChange, DeductRefusal> {
  const held = heldOf(hold)
  const fromHold = Math.min(held, order.amount)
  const captured = hold.captured + order.amount
  const isOpen = order.keepOpen && order.amount < held
  const spent = postingsOf(hold.currency, { held: -fromHold, spent: fromHold })
  const after: Hold = isOpen ? { ...hold, captured } : { ...hold, captured, status: 'captured', closedAt: world.now }
  if (order.amount > held) {
    const more = deduct(wallet, { amount: order.amount - held, to: 'spent' }, world.policy)
    if (!more.ok) return more
    return ok({ hold: after, change: { ...more.value, postings: [...spent, ...more.value.postings] } })
  }
  const rest = isOpen
    ? unchanged(wallet)
    : releaseUnits(wallet, held - order.amount, unitsAfter(drawn, captured), world)
  return ok({ hold: after, change: { ...rest, postings: [...spent, ...rest.postings] } })
}
