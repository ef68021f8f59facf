import { assert } from '../lib/assert.ts'
import type { Posting, WalletChange } from './wallet.ts'

/** Why a ledger transaction was written. */
export type LedgerKind = 'admin_adjust' | 'purchase_grant' | 'merge_out' | 'merge_in'

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
  createdAt: number
}

/** Makes a ledger transaction, and stops if its postings do not sum to zero in each currency. */
export function ledgerTransaction(transaction: LedgerTransaction): LedgerTransaction {
  assert(transaction.changes.length > 0, 'a ledger transaction changes something')
  for (const change of transaction.changes) assert(sumOf(change.postings) === 0, 'postings sum to zero')
  return transaction
}

function sumOf(postings: readonly Posting[]): number {
  return postings.reduce((sum, posting) => sum + posting.amount, 0)
}
