import { bucketOf } from '../core/lib/bucket.ts'
import { referencesOf } from '../core/wallet/ledger-references.ts'
import type { IndexedTransaction, TxLedgerIndex } from '../usecases/ports/ledger.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

/** A row of `wallet_references`. */
export type ReferenceRow = {
  bucket: number
  projectId: string
  kind: string
  value: string
  createdAt: number
  transactionId: string
  customerBucket: number
  customerId: string
}

const INSERT = `insert into wallet_references (bucket, project_id, kind, value, created_at, transaction_id, customer_bucket,
   customer_id)
   select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::smallint[],
   $8::text[])`
const WRITE = statement('wallet_references.write', INSERT)
const ADD = statement('wallet_references.add', `${INSERT} on conflict do nothing returning 1`)

/** What ledger transactions can be found by, as rows. Most have none. */
function referenceRows(transactions: readonly IndexedTransaction[]): ReferenceRow[] {
  return transactions.flatMap((transaction) =>
    referencesOf(transaction).map(({ kind, value }) => ({
      bucket: bucketOf(transaction.owner.projectId, kind, value),
      projectId: transaction.owner.projectId,
      kind,
      value,
      createdAt: transaction.createdAt,
      transactionId: transaction.transactionId,
      customerBucket: transaction.owner.bucket,
      customerId: transaction.owner.customerId,
    })),
  )
}

/** Writes the references of new ledger transactions in one statement; none when they refer to nothing. */
export async function writeReferences(query: Query, transactions: readonly IndexedTransaction[]): Promise<void> {
  const rows = referenceRows(transactions)
  if (rows.length > 0) await query(WRITE, rowsToValues(rows))
}

export function ledgerIndexRows(query: Query): TxLedgerIndex {
  return {
    async add(transactions) {
      const rows = referenceRows(transactions)
      return rows.length === 0 ? 0 : (await query(ADD, rowsToValues(rows))).length
    },
  }
}

function rowsToValues(rows: readonly ReferenceRow[]): unknown[] {
  return [
    rows.map((row) => row.bucket),
    rows.map((row) => row.projectId),
    rows.map((row) => row.kind),
    rows.map((row) => row.value),
    rows.map((row) => timeOf(row.createdAt)),
    rows.map((row) => row.transactionId),
    rows.map((row) => row.customerBucket),
    rows.map((row) => row.customerId),
  ]
}
