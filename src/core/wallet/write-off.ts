import { postingsOf } from './postings-of.ts'
import { spendOrder } from './spend-order.ts'
import type { Wallet, WalletChange } from './wallet.ts'

/** Takes all that is left in a wallet to account `expired`; null when it is empty. What is owed stays on record. */
export function writeOff(wallet: Wallet): WalletChange | null {
  const { currency, balance, owed } = wallet
  if (balance === 0) return null
  return {
    currency,
    postings: postingsOf(currency, { wallet: -balance, expired: balance }),
    newLots: [],
    draws: spendOrder(wallet.lots).map((lot) => ({ lotId: lot.lotId, amount: lot.remaining })),
    balanceAfter: 0,
    owedAfter: owed,
  }
}
