import { continueLot } from './continue-lot.ts'
import { drawLots } from './draw-lots.ts'
import { repaidBy } from './pay-debt.ts'
import type { WalletPolicy } from './policy.ts'
import { postingsOf } from './postings-of.ts'
import { spendOrder } from './spend-order.ts'
import { longestLived, unitsAfter } from './units-of-lots.ts'
import type { Wallet, WalletChange } from './wallet.ts'

/**
 * Moves all units and the debt of one wallet to another when two customers become one. Balances add up to at most the
 * cap; what is beyond it is posted to `over_cap`. Each lot keeps its age and its end, so the spending order stays what it
 * was. A debt of one is paid out of the units of the other. Units that holds keep go along with their holds: `held` says
 * how many.
 */
export function mergeWallets(
  absorbed: Wallet,
  kept: Wallet,
  policy: WalletPolicy,
  nextLotId: () => string,
  held = 0,
): { leave: WalletChange; arrive: WalletChange } | null {
  const { currency, balance: total, owed } = absorbed
  if (total <= 0 && owed <= 0 && held <= 0) return null
  const paidByArriving = repaidBy(total, { owed: kept.owed + owed })
  const paidByKept = repaidBy(kept.balance, { owed: kept.owed + owed - paidByArriving })
  const balance = kept.balance - paidByKept
  const moved = Math.min(total - paidByArriving, Math.max(0, policy.cap - balance))
  const lots = absorbed.lots.map((lot) => ({ lot, amount: lot.remaining })).filter(({ amount }) => amount > 0)
  return {
    leave: {
      currency,
      postings: postingsOf(currency, { wallet: -total, owed, held: -held, merged: total - owed + held }),
      newLots: [],
      draws: lots.map(({ lot, amount }) => ({ lotId: lot.lotId, amount })),
      balanceAfter: 0,
      owedAfter: 0,
    },
    arrive: {
      currency,
      postings: postingsOf(currency, {
        merged: owed - total - held,
        owed: paidByArriving + paidByKept - owed,
        held,
        wallet: moved - paidByKept,
        over_cap: total - paidByArriving - moved,
      }),
      newLots: longestLived(unitsAfter(lots, paidByArriving), moved).map(({ lot, amount }) =>
        continueLot(lot, nextLotId(), amount, 'merge'),
      ),
      draws: drawLots(spendOrder(kept.lots), paidByKept),
      balanceAfter: balance + moved,
      owedAfter: kept.owed + owed - paidByArriving - paidByKept,
    },
  }
}
