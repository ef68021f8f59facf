import { assert } from '../lib/assert.ts'
import { ok, type Result, refuse } from '../lib/result.ts'
import type { DeductRefusal } from './deduct.ts'
import { drawLots } from './draw-lots.ts'
import type { DebtPolicy } from './policy.ts'
import { postingsOf } from './postings-of.ts'
import { spendOrder } from './spend-order.ts'
import type { Account, Lot, Wallet, WalletChange } from './wallet.ts'

export type TakeBack = {
  amount: number
  /** Where the units return to. */
  to: Account
  /** The lots that the units were granted as. They are taken from these first, then in spending order. */
  lotIds: ReadonlySet<string>
  /** What happens to units that were spent already. */
  shortage: DebtPolicy
}

/**
 * Takes units back that were granted. A balance never falls below zero: what it does not hold any more is left
 * (`clamp`), noted as owed (`debt`), or a reason to take nothing (`block`, the only refusal). Null when nothing changes.
 */
export function takeBack(wallet: Wallet, order: TakeBack): Result<WalletChange | null, DeductRefusal> {
  const { currency, balance } = wallet
  assert(Number.isSafeInteger(order.amount) && order.amount > 0, 'what is taken back is a positive whole number')
  const taken = Math.min(balance, order.amount)
  const missing = order.amount - taken
  if (missing > 0 && order.shortage === 'block') {
    return refuse({ code: 'insufficient_balance', currency, balance, requested: order.amount })
  }
  const debt = order.shortage === 'debt' ? missing : 0
  if (taken + debt === 0) return ok(null)
  return ok({
    currency,
    postings: postingsOf(currency, { wallet: -taken, owed: -debt, [order.to]: taken + debt }),
    newLots: [],
    draws: drawLots(ownLotsFirst(wallet.lots, order.lotIds), taken),
    balanceAfter: balance - taken,
    owedAfter: wallet.owed + debt,
  })
}

/** A lot that went through a merge is still the one that was granted. */
function ownLotsFirst(lots: readonly Lot[], lotIds: ReadonlySet<string>): Lot[] {
  const isOwn = (lot: Lot) => lotIds.has(lot.lotId) || (lot.originLotId !== null && lotIds.has(lot.originLotId))
  const ordered = spendOrder(lots)
  return [...ordered.filter(isOwn), ...ordered.filter((lot) => !isOwn(lot))]
}
