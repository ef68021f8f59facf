import { ok, type Result, refuse } from '../lib/result.ts'
import { continueLot } from './continue-lot.ts'
import { type DeductRefusal, deduct } from './deduct.ts'
import type { GrantRefusal } from './grant.ts'
import { repaidBy } from './pay-debt.ts'
import type { WalletPolicy } from './policy.ts'
import { postingsOf } from './postings-of.ts'
import { unitsAfter } from './units-of-lots.ts'
import type { Wallet, WalletChange } from './wallet.ts'

export type TransferRefusal = DeductRefusal | (GrantRefusal & { isReceiver: true })

/**
 * Moves units from one customer's wallet to another's, all of them or none. They leave in spending order and arrive as
 * lots that go on: same source, age and end, so a transfer makes nothing permanent. What the receiver owes is paid
 * first. What the sender owes stays behind: units that are owed to the project are nobody's present.
 */
export function transferUnits(
  sender: Wallet,
  receiver: Wallet,
  amount: number,
  policy: WalletPolicy,
  nextLotId: () => string,
): Result<{ leave: WalletChange; arrive: WalletChange }, TransferRefusal> {
  const { currency } = sender
  const leave = deduct(sender, { amount, to: 'transferred' }, { ...policy, floor: policy.floor + sender.owed })
  if (!leave.ok) return leave
  const repaid = repaidBy(amount, receiver)
  const balance = receiver.balance + amount - repaid
  if (balance > policy.cap) {
    const facts = { currency, balance: receiver.balance, requested: amount, maximum: policy.cap }
    return refuse({ code: 'balance_above_maximum', ...facts, isReceiver: true })
  }
  const units = leave.value.draws.flatMap((draw) =>
    sender.lots.flatMap((lot) => (lot.lotId === draw.lotId ? [{ lot, amount: draw.amount }] : [])),
  )
  const arrive = {
    currency,
    postings: postingsOf(currency, { transferred: -amount, owed: repaid, wallet: amount - repaid }),
    newLots: unitsAfter(units, repaid).map((own) => continueLot(own.lot, nextLotId(), own.amount, own.lot.source)),
    draws: [],
    balanceAfter: balance,
    owedAfter: receiver.owed - repaid,
  }
  return ok({ leave: leave.value, arrive })
}
