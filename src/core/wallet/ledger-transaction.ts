import { assert } from '../lib/assert.ts'
import type { Posting, WalletChange } from './wallet.ts'

/** Why a ledger transaction was written. */
export const LEDGER_KINDS = [
  'admin_adjust',
  /** A server client of the project moved units, by a key of its own. */
  'api_adjust',
  'purchase_grant',
  'merge_out',
  'merge_in',
  /** Units went from one customer to another. */
  'transfer_out',
  'transfer_in',
  /** A customer used something that costs credits. */
  'consume',
  /** What remained in lots when their end came. */
  'expire',
  /** An operator undid another transaction. */
  'reversal',
  /** A store refunded a charge: its units are taken back. */
  'refund',
  /** A store withdrew a refund: the units that it took are given back. */
  'refund_reversal',
  /** Units were set aside. */
  'hold',
  /** Units that were set aside were used, and perhaps more; the rest may have been released with them. */
  'hold_capture',
  /** Units that were set aside came back, because somebody said so or because time was up. */
  'hold_release',
  /** What was left when the customer was deleted. */
  'erase',
] as const

export type LedgerKind = (typeof LEDGER_KINDS)[number]

/**
 * One immutable entry of a customer's ledger. It may touch several currencies, and then all of them or none.
 * Corrections are new entries.
 */
export type LedgerTransaction = {
  transactionId: string
  kind: LedgerKind
  changes: readonly WalletChange[]
  /** Why, in the words of whoever did it; null when the cause is a store transaction or a merge. */
  reason: string | null
  /** Who: an operator's or key's name. `system` for what follows from the rules. */
  actor: string
  requestId: string | null
  purchaseId: string | null
  storeTransactionId: string | null
  /** The transaction that this one undoes; null for most. */
  reversesTransactionId: string | null
  /** The hold or the transfer that this is a step of; null for most. */
  operationId: string | null
  createdAt: number
}

/** The facts of a transaction that follows from the rules, without anybody asking. */
export const BY_RULE = {
  reason: null,
  actor: 'system',
  requestId: null,
  purchaseId: null,
  storeTransactionId: null,
  reversesTransactionId: null,
  operationId: null,
} as const

/** Makes a ledger transaction, and stops if its postings do not sum to zero in each currency. */
export function ledgerTransaction(transaction: LedgerTransaction): LedgerTransaction {
  assert(transaction.changes.length > 0, 'a ledger transaction changes something')
  for (const change of transaction.changes) assert(sumOf(change.postings) === 0, 'postings sum to zero')
  return transaction
}

function sumOf(postings: readonly Posting[]): number {
  return postings.reduce((sum, posting) => sum + posting.amount, 0)
}
