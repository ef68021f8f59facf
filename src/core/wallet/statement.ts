import { hasLapsed } from './lapse.ts'
import { spendOrder } from './spend-order.ts'
import type { Account, Lot } from './wallet.ts'

/** What the postings to an account add up to. */
export type AccountSum = { account: Account; currency: string; amount: number }

/** What was left in lots of one currency: in how many, how many units, and how many of those in lots that were over. */
export type LotSum = { currency: string; lots: number; remaining: number; lapsed: number }

/**
 * A ledger up to a moment, summed up from rows that never change: the postings of the transactions until then, and the
 * lots that these made, less what these drew. `lots` may be cut off; `sums` are of all.
 */
export type LedgerUntil = { accounts: readonly AccountSum[]; lots: readonly Lot[]; sums: readonly LotSum[] }

export type StatementLot = Lot & { isLapsed: boolean }

/** One currency as it was at a moment. */
export type CurrencyStatement = {
  currency: string
  /** What could be spent. Units of lots that were over are not in it, booked as lapsed by then or not. */
  balance: number
  /** Units of lots that were over, whose lapse was booked only later. */
  lapsed: number
  owed: number
  /** Units that holds kept. */
  held: number
  /** Those that held something, in spending order; `remaining` is what they held then. */
  lots: readonly StatementLot[]
  /** What is not listed, because there is too much of it. */
  omitted: { lots: number; remaining: number }
  /** Whether postings and lots say the same. If not, the ledger is not sound. */
  addsUp: boolean
}

/** The statement of a moment, currency by currency; without those that the customer had never had by then. */
export function statementAt({ accounts, lots, sums }: LedgerUntil, at: number): CurrencyStatement[] {
  const currencies = [...new Set([...accounts, ...sums].map(({ currency }) => currency))].sort()
  return currencies.map((currency) => {
    const booked = (account: Account) =>
      accounts.reduce((sum, row) => (row.account === account && row.currency === currency ? sum + row.amount : sum), 0)
    const sum = sums.find((row) => row.currency === currency) ?? { lots: 0, remaining: 0, lapsed: 0 }
    const own = spendOrder(lots.filter((lot) => lot.currency === currency))
    return {
      currency,
      balance: booked('wallet') - sum.lapsed,
      lapsed: sum.lapsed,
      // Not minus zero.
      owed: 0 - booked('owed'),
      held: booked('held'),
      lots: own.map((lot) => ({ ...lot, isLapsed: hasLapsed(lot, at) })),
      omitted: {
        lots: sum.lots - own.length,
        remaining: own.reduce((left, lot) => left - lot.remaining, sum.remaining),
      },
      addsUp: booked('wallet') === sum.remaining,
    }
  })
}
