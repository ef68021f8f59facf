import { assert } from '../lib/assert.ts'
import { ok, type Result, refuse } from '../lib/result.ts'
import { repaidBy } from './pay-debt.ts'
import type { WalletPolicy } from './policy.ts'
import type { Account, Lot, Posting, Wallet, WalletChange } from './wallet.ts'

/** A lot to be made, before it is known how much of it fits below the cap. */
export type Grant = Omit<Lot, 'granted' | 'remaining' | 'currency' | 'originLotId'> & { amount: number; from: Account }

export type GrantRefusal = {
  code: 'balance_above_maximum'
  currency: string
  balance: number
  requested: number
  maximum: number
}

/** Adds a lot, all of it or nothing, after paying what is owed. Refuses what would pass the cap, so that no operator grant is cut in silence. */
export function grant(wallet: Wallet, order: Grant, policy: WalletPolicy): Result<WalletChange, GrantRefusal> {
  if (wallet.balance + order.amount - repaidBy(order.amount, wallet) > policy.cap) {
    return refuse({
      code: 'balance_above_maximum',
      currency: wallet.currency,
      balance: wallet.balance,
      requested: order.amount,
      maximum: policy.cap,
    })
  }
  return ok(grantUpToCap(wallet, order, policy))
}

/**
 * Adds as much of a lot as fits below the cap, after paying what is owed. For grants that must not fail, such as those of
 * a paid purchase: what does not fit is posted to `over_cap`, so it is visible and no unit is unexplained.
 */
export function grantUpToCap(wallet: Wallet, order: Grant, policy: WalletPolicy): WalletChange {
  assert(Number.isSafeInteger(order.amount) && order.amount > 0, 'a grant is a positive whole number')
  const repaid = repaidBy(order.amount, wallet)
  const fits = Math.max(0, Math.min(order.amount - repaid, policy.cap - wallet.balance))
  const over = order.amount - repaid - fits
  const { amount, from, ...lot } = order
  const currency = wallet.currency
  const postings: Posting[] = [{ account: from, currency, amount: -amount }]
  if (repaid > 0) postings.push({ account: 'owed', currency, amount: repaid })
  if (fits > 0) postings.push({ account: 'wallet', currency, amount: fits })
  if (over > 0) postings.push({ account: 'over_cap', currency, amount: over })
  return {
    currency,
    postings,
    newLots: fits > 0 ? [{ ...lot, originLotId: null, currency, granted: fits, remaining: fits }] : [],
    draws: [],
    balanceAfter: wallet.balance + fits,
    owedAfter: wallet.owed - repaid,
  }
}
