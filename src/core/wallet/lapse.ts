import { postingsOf } from './postings-of.ts'
import { spendOrder } from './spend-order.ts'
import type { Lot, Wallet, WalletChange } from './wallet.ts'

/** Whether the end of a lot has come: at its very end it holds nothing that could be spent. */
export function hasLapsed(lot: Pick<Lot, 'expiresAt'>, now: number): boolean {
  return lot.expiresAt !== null && lot.expiresAt <= now
}

/** Takes what remains in lots whose end has come to account `expired`; null when there is none. */
export function lapse(wallet: Wallet, now: number): WalletChange | null {
  const due = spendOrder(wallet.lots).filter((lot) => lot.remaining > 0 && hasLapsed(lot, now))
  if (due.length === 0) return null
  const { currency } = wallet
  const amount = due.reduce((sum, lot) => sum + lot.remaining, 0)
  return {
    currency,
    postings: postingsOf(currency, { wallet: -amount, expired: amount }),
    newLots: [],
    draws: due.map((lot) => ({ lotId: lot.lotId, amount: lot.remaining })),
    balanceAfter: wallet.balance - amount,
    owedAfter: wallet.owed,
  }
}
