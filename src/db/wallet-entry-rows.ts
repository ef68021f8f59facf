import type { CustomerRef } from '../core/customers/customer.ts'
import type { ChainLink } from '../core/wallet/chain.ts'
import type { LedgerTransaction } from '../core/wallet/ledger-transaction.ts'
import { timeOf } from './wire-values.ts'

/** A ledger transaction with its place in the chain of a customer. */
export type LedgerEntry = { ref: CustomerRef; transaction: LedgerTransaction; link: ChainLink }

/** The columns of `wallet_transactions`. */
export const ENTRY_COLUMNS = `bucket, customer_id, transaction_id, kind, actor, reason, request_id, purchase_id,
  store_transaction_id, reverses_transaction_id, operation_id, created_at, sequence, previous_hash, hash`

/** The values in the order of `ENTRY_COLUMNS`. */
export function entryToValues({ ref, transaction, link }: LedgerEntry): unknown[] {
  return [
    ref.bucket,
    ref.customerId,
    transaction.transactionId,
    transaction.kind,
    transaction.actor,
    transaction.reason,
    transaction.requestId,
    transaction.purchaseId,
    transaction.storeTransactionId,
    transaction.reversesTransactionId,
    transaction.operationId,
    timeOf(transaction.createdAt),
    link.sequence,
    link.previousHash,
    link.hash,
  ]
}
