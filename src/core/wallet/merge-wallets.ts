import type { WalletPolicy } from './policy.ts'
import { spendOrder } from './spend-order.ts'
import type { Lot, Posting, Wallet, WalletChange } from './wallet.ts'

/**
 * Moves all units of one wallet to another when two customers become one. Balances add up to at most the cap;
 * what is beyond it is posted to `over_cap`. Each lot keeps its age and its end, so the spending order stays what it was.
 */
export function mergeWallets(
  absorbed: Wallet,
  kept: Wallet,
  policy: WalletPolicy,
  nextLotId: () => string,
): { leave: WalletChange; arrive: WalletChange } | null {
  const total = absorbed.balance
  if (total <= 0) return null
  const currency = absorbed.currency
  const room = Math.max(0, policy.cap - kept.balance)
  const moved = Math.min(total, room)
  const arrivePostings: Posting[] = [{ account: 'merged', currency, amount: -total }]
  if (moved > 0) arrivePostings.push({ account: 'wallet', currency, amount: moved })
  if (moved < total) arrivePostings.push({ account: 'over_cap', currency, amount: total - moved })
  return {
    leave: {
      currency,
      postings: [
        { account: 'wallet', currency, amount: -total },
        { account: 'merged', currency, amount: total },
      ],
      newLots: [],
      draws: absorbed.lots
        .filter((lot) => lot.remaining > 0)
        .map((lot) => ({ lotId: lot.lotId, amount: lot.remaining })),
      balanceAfter: 0,
    },
    arrive: {
      currency,
      postings: arrivePostings,
      newLots: copyLots(absorbed.lots, moved, nextLotId),
      draws: [],
      balanceAfter: kept.balance + moved,
    },
  }
}

/** When not all fits, the longest-lived lots are the ones that are kept: they are worth most to the customer. */
function copyLots(lots: readonly Lot[], amount: number, nextLotId: () => string): Lot[] {
  const copies: Lot[] = []
  let left = amount
  for (const lot of spendOrder(lots).reverse()) {
    const taken = Math.min(lot.remaining, left)
    if (taken === 0) continue
    copies.push({ ...lot, lotId: nextLotId(), granted: taken, remaining: taken, source: 'merge' })
    left -= taken
  }
  return copies
}
