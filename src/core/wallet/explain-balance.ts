import type { Hold } from './hold.ts'
import { heldOf } from './hold.ts'
import { hasLapsed } from './lapse.ts'
import type { LedgerKind } from './ledger-transaction.ts'
import { spendOrder } from './spend-order.ts'
import type { AccountSum } from './statement.ts'
import type { LedgerFault } from './verify-ledger.ts'
import type { Account, Lot } from './wallet.ts'

/** A transaction in so far as it says why units moved. */
export type Cause = {
  transactionId: string
  kind: LedgerKind
  actor: string
  reason: string | null
  storeTransactionId: string | null
  createdAt: number
}

/** What one transaction took out of a lot; negative is what it put back. */
export type Movement = Cause & { amount: number }

/** A lot with what made it and what became of it. `earlier` sums up the movements that are not told one by one. */
export type LotStory = {
  lot: Lot
  madeBy: Cause
  /** The store's name of the product that was charged for; null for other sources, and when the purchase went elsewhere. */
  product: string | null
  movements: readonly Movement[]
  earlier: { count: number; amount: number }
}

/** What computing the customer's whole ledger again came to. */
export type LedgerCheck =
  | { outcome: 'sound'; transactions: number }
  | { outcome: 'broken'; fault: LedgerFault }
  /** Longer than is read for one answer; `purser ledger verify` has no such bound. */
  | { outcome: 'too_long'; transactions: number }
  /** Somebody wrote to it all the while; nothing can be said about one moment. */
  | { outcome: 'busy' }

/** Everything that explains one balance, as the rows say it. */
export type BalanceFacts = {
  currency: string
  /** What is kept as the balance, lapsed units included whose lapse is not booked yet. */
  booked: { balance: number; owed: number }
  /** Sums of all postings of the currency. */
  accounts: readonly AccountSum[]
  /** Of all lots, told or not. `lapsed` is what remains in those that are over. */
  totals: { lots: number; granted: number; remaining: number; lapsed: number }
  stories: readonly LotStory[]
  holds: readonly Hold[]
  /** Units that all open holds keep, listed or not. */
  held: number
  check: LedgerCheck
}

export type Comparison = { what: 'postings' | 'lots' | 'owed' | 'held'; says: number; computed: number }

export type Explanation = {
  currency: string
  at: number
  /** What can be spent. */
  balance: number
  /** Units of lots that are over, whose lapse is not booked yet. */
  lapsed: number
  owed: number
  held: number
  /** By how much each account made the balance what it is; with what is `owed` they sum up to the booked balance. */
  parts: ReadonlyArray<{ account: Account; amount: number }>
  /** What lapses next, when, and out of which lots. */
  nextLapse: { at: number; amount: number } | null
  stories: readonly LotStory[]
  /** Lots that are not told one by one. */
  others: { lots: number; granted: number; remaining: number }
  holds: readonly Hold[]
  /** What is kept against what the rows add up to. */
  comparisons: readonly Comparison[]
  agrees: boolean
  check: LedgerCheck
}

/**
 * Why a balance is what it is: each account's part in it, the lots that hold it with their stories, and whether all of
 * that comes to what is kept.
 */
export function explainBalance(facts: BalanceFacts, now: number): Explanation {
  const { booked, accounts, totals, holds, held } = facts
  const posted = (account: Account) =>
    accounts.reduce((sum, row) => (row.account === account ? sum + row.amount : sum), 0)
  const comparisons: Comparison[] = [
    { what: 'postings', says: booked.balance, computed: posted('wallet') },
    { what: 'lots', says: booked.balance, computed: totals.remaining },
    // Not minus zero.
    { what: 'owed', says: booked.owed, computed: 0 - posted('owed') },
    { what: 'held', says: held, computed: posted('held') },
  ]
  return {
    currency: facts.currency,
    at: now,
    balance: booked.balance - totals.lapsed,
    lapsed: totals.lapsed,
    owed: booked.owed,
    held,
    parts: accounts
      .filter(({ account, amount }) => account !== 'wallet' && amount !== 0)
      .map(({ account, amount }) => ({ account, amount: -amount })),
    nextLapse: nextLapseOf(facts.stories, now),
    stories: inTellingOrder(facts.stories),
    others: othersOf(facts),
    holds: holds.filter((hold) => heldOf(hold) > 0),
    comparisons,
    agrees: comparisons.every(({ says, computed }) => says === computed),
    check: facts.check,
  }
}

/** Those that still hold something in the order in which they are spent, then the others, the newest first. */
function inTellingOrder(stories: readonly LotStory[]): LotStory[] {
  const open = spendOrder(stories.map(({ lot }) => lot).filter(({ remaining }) => remaining > 0))
  const told = open.flatMap((lot) => stories.filter((story) => story.lot.lotId === lot.lotId))
  const empty = stories.filter(({ lot }) => lot.remaining === 0)
  return [...told, ...empty.sort((one, other) => other.madeBy.createdAt - one.madeBy.createdAt)]
}

function nextLapseOf(stories: readonly LotStory[], now: number): Explanation['nextLapse'] {
  const [next] = spendOrder(stories.map(({ lot }) => lot)).filter((lot) => lot.remaining > 0 && !hasLapsed(lot, now))
  const at = next?.expiresAt ?? null
  if (at === null) return null
  const amount = stories.reduce((sum, { lot }) => (lot.expiresAt === at ? sum + lot.remaining : sum), 0)
  return { at, amount }
}

function othersOf({ totals, stories }: BalanceFacts): Explanation['others'] {
  return {
    lots: totals.lots - stories.length,
    granted: stories.reduce((left, { lot }) => left - lot.granted, totals.granted),
    remaining: stories.reduce((left, { lot }) => left - lot.remaining, totals.remaining),
  }
}
