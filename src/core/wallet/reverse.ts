import type { Result } from '../lib/result.ts'
import type { DeductRefusal } from './deduct.ts'
import { type GiveBackWorld, giveBack } from './give-back.ts'
import type { GrantRefusal } from './grant.ts'
import type { LedgerKind } from './ledger-transaction.ts'
import type { DebtPolicy } from './policy.ts'
import { takeBack } from './take-back.ts'
import type { Account, Draw, Lot, Posting, Wallet, WalletChange } from './wallet.ts'

/** What a ledger transaction did to one wallet, as it was written down. */
export type RecordedChange = {
  currency: string
  postings: readonly Posting[]
  newLots: readonly Lot[]
  draws: ReadonlyArray<Draw & { lot: Lot }>
}

export type Reversal = {
  /** Whether the transaction stands in the ledger of the wallet's own customer, and not in one that was merged away. */
  isHere: boolean
  shortage: DebtPolicy
  aboveCap: 'refuse' | 'post'
  /** The share of a grant that is taken back, as a fraction of whole numbers; rounded up. 1 of 1 is all of it. */
  share: { part: number; whole: number }
  /** See `GiveBack`. */
  paidSinceAs: Lot | null
}

/** Moves, corrections that follow from rules, and holds, which end in their own way. For the rest there are adjustments. */
const NOT_REVERSIBLE: ReadonlySet<LedgerKind> = new Set<LedgerKind>([
  'merge_out',
  'merge_in',
  'expire',
  'reversal',
  'refund',
  'refund_reversal',
  'hold',
  'hold_capture',
  'hold_release',
])

/** Whether an operator may undo a transaction of this kind. */
export function isReversible(kind: LedgerKind): boolean {
  return !NOT_REVERSIBLE.has(kind)
}

/**
 * Undoes what a transaction did to a wallet: takes back what it granted, or gives back what it took. What a grant posted
 * to `over_cap` never reached anybody and stays there. Null when there is nothing to do.
 */
export function reverse(
  wallet: Wallet,
  recorded: RecordedChange,
  reversal: Reversal,
  world: GiveBackWorld,
): Result<WalletChange | null, DeductRefusal | GrantRefusal> {
  const posted = (account: Account) => sumOf(recorded.postings.filter((posting) => posting.account === account))
  // What paid a debt was received as well: the customer is better off by it.
  const received = posted('wallet') + posted('owed')
  if (received === 0) return { ok: true, value: null }
  if (received < 0) {
    const drawn = recorded.draws.map(({ lot, amount }) => ({ lot, amount, isHere: reversal.isHere }))
    const from = Object.fromEntries(
      recorded.postings.filter(({ amount }) => amount > 0).map(({ account, amount }) => [account, amount]),
    )
    return giveBack(wallet, { ...reversal, from, drawn, owed: -posted('owed') }, world)
  }
  const amount = shareOf(received, reversal.share)
  if (amount === 0) return { ok: true, value: null }
  return takeBack(wallet, {
    amount,
    to: recorded.postings.find(({ amount }) => amount < 0)?.account ?? 'issued_by_operator',
    lotIds: new Set(recorded.newLots.map(({ lotId }) => lotId)),
    shortage: reversal.shortage,
  })
}

/** `amount * part / whole`, rounded up, exactly. RevenueCat, virtual currency refunds. */
export function shareOf(amount: number, { part, whole }: Reversal['share']): number {
  if (whole <= 0 || part >= whole) return amount
  const exact = (BigInt(amount) * BigInt(Math.max(0, part)) + BigInt(whole) - 1n) / BigInt(whole)
  return Number(exact)
}

function sumOf(postings: readonly Posting[]): number {
  return postings.reduce((sum, { amount }) => sum + amount, 0)
}
