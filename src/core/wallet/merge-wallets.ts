import { continueLot } from './continue-lot.ts'
import type { WalletPolicy } from './policy.ts'
import { postingsOf } from './postings-of.ts'
import { spendOrder } from './spend-order.ts'
import type { Lot, Wallet, WalletChange } from './wallet.ts'

/**
 * Moves all units and the debt of one wallet to another when two customers become one. Balances add up to at most the
 * cap; what is beyond it is posted to `over_cap`. Each lot keeps its age and its end, so the spending order stays what it
 * was. Units that holds keep go along with their holds: `held` says how many.
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
  const moved = Math.min(total, Math.max(0, policy.cap - kept.balance))
  return {
    leave: {
      currency,
      postings: postingsOf(currency, { wallet: -total, owed, held: -held, merged: total - owed + held }),
      newLots: [],
      draws: absorbed.lots
        .filter((lot) => lot.remaining > 0)
        .map((lot) => ({ lotId: lot.lotId, amount: lot.remaining })),
      balanceAfter: 0,
      owedAfter: 0,
    },
    arrive: {
      currency,
      postings: postingsOf(currency, {
        merged: owed - total - held,
        owed: -owed,
        held,
        wallet: moved,
        over_cap: total - moved,
      }),
      newLots: copyLots(absorbed.lots, moved, nextLotId),
      draws: [],
      balanceAfter: kept.balance + moved,
      owedAfter: kept.owed + owed,
    },
  }
}

/** When not all fits, the longest-lived lots are the ones that are kept: they are worth most to the customer. */
function copyLots(lots: readonly Lot[], amount: number, nextLotId: () => string): Lot[] {
  const copies: Lot[] = []
  let left = amount
  for (const lot of spendOrder(lots).reverse()) {
    const taken = Math.min(lot.remaining, left)
    if (taken > 0) copies.push(continueLot(lot, nextLotId(), taken, 'merge'))
    left -= taken
  }
  return copies
}
