import { assert } from '../lib/assert.ts'
import { ok, type Result, refuse } from '../lib/result.ts'
import { drawLots } from './draw-lots.ts'
import type { WalletPolicy } from './policy.ts'
import { spendOrder } from './spend-order.ts'
import type { Account, Wallet, WalletChange } from './wallet.ts'

export type DeductRefusal = { code: 'insufficient_balance'; currency: string; balance: number; requested: number }

/** Takes units out of lots in spending order. Refuses to pass the floor and then changes nothing. */
export function deduct(
  wallet: Wallet,
  order: { amount: number; to: Account },
  policy: WalletPolicy,
): Result<WalletChange, DeductRefusal> {
  assert(Number.isSafeInteger(order.amount) && order.amount > 0, 'a deduction is a positive whole number')
  if (wallet.balance - order.amount < policy.floor) {
    return refuse({
      code: 'insufficient_balance',
      currency: wallet.currency,
      balance: wallet.balance,
      requested: order.amount,
    })
  }
  return ok({
    currency: wallet.currency,
    postings: [
      { account: 'wallet', currency: wallet.currency, amount: -order.amount },
      { account: order.to, currency: wallet.currency, amount: order.amount },
    ],
    newLots: [],
    draws: drawLots(spendOrder(wallet.lots), order.amount),
    balanceAfter: wallet.balance - order.amount,
    owedAfter: wallet.owed,
  })
}
