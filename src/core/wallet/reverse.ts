import type { Result } from '../lib/result.ts'
import type { DeductRefusal } from './deduct.ts'
import { type DrawnUnits, type GiveBackWorld, giveBack } from './give-back.ts'
import type { GrantRefusal } from './grant.ts'
import type { LedgerKind } from './ledger-transaction.ts'
import type { DebtPolicy } from './policy.ts'
import { type RefundShare, shareOf } from './refund-share.ts'
import { takeBack } from './take-back.ts'
import { amountOf } from './units-of-lots.ts'
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
  /** How much of a grant is taken back. */
  share: RefundShare
  /** Units of a grant that lapsed: they are gone already, and count as taken back. */
  lapsed: number
  /** See `GiveBack`. */
  paidSinceAs: Lot | null
}

/**
 * Moves, corrections that follow from rules, and holds as long as nothing was used of them: they end in their own way. For
 * the rest there are adjustments, and transfers back.
 */
const NOT_REVERSIBLE: ReadonlySet<LedgerKind> = new Set<LedgerKind>([
  'merge_out',
  'merge_in',
  'transfer_out',
  'transfer_in',
  'expire',
  'reversal',
  'refund',
  'refund_reversal',
  'hold',
  'hold_release',
  'erase',
])

/** Whether an operator may undo a transaction of this kind. */
export function isReversible(kind: LedgerKind): boolean {
  return !NOT_REVERSIBLE.has(kind)
}

/**
 * Undoes the use of held units: they go back into the lots that they came from, which the capture itself does not say.
 * What the capture released stays released.
 */
export function reverseCapture(
  wallet: Wallet,
  used: readonly DrawnUnits[],
  aboveCap: Reversal['aboveCap'],
  world: GiveBackWorld,
): Result<WalletChange, GrantRefusal> {
  return giveBack(wallet, { from: { spent: amountOf(used) }, drawn: used, owed: 0, paidSinceAs: null, aboveCap }, world)
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
  const amount = shareOf(received, reversal.share) - reversal.lapsed
  if (amount <= 0) return { ok: true, value: null }
  return takeBack(wallet, {
    amount,
    to: recorded.postings.find(({ amount }) => amount < 0)?.account ?? 'issued_by_operator',
    lotIds: new Set(recorded.newLots.map(({ lotId }) => lotId)),
    shortage: reversal.shortage,
  })
}

function sumOf(postings: readonly Posting[]): number {
  return postings.reduce((sum, { amount }) => sum + amount, 0)
}
