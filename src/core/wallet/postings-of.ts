import type { Account, Posting } from './wallet.ts'

/** The postings of one currency from the amount for each account; accounts that do not change are left out. */
export function postingsOf(currency: string, amounts: { [account in Account]?: number }): Posting[] {
  return Object.entries(amounts).flatMap(([account, amount]) =>
    amount === 0 ? [] : [{ account: account as Account, currency, amount }],
  )
}
