import { bucketOf } from '../core/lib/bucket.ts'
import type { IndexedTransaction, LedgerReads } from '../usecases/ports/ledger.ts'
import { balanceFacts } from './ledger-facts.ts'
import { ledgerSearch } from './ledger-search.ts'
import { ledgerUntil } from './ledger-until.ts'
import { type Query, statement } from './statement.ts'

/** Customers can be merged in a row. `union` ends a circle, which there cannot be. */
const MERGED_INTO = statement(
  'customers.merged_into',
  `with recursive merged as (
     select customer_id, original_app_user_id from customers where merged_into_id = $2 and project_id = $1
     union select c.customer_id, c.original_app_user_id from customers c
       join merged m on c.merged_into_id = m.customer_id where c.project_id = $1)
   select customer_id, original_app_user_id from merged order by customer_id limit $3`,
)
const TRANSACTIONS_AFTER = statement(
  'wallet_transactions.after',
  `select c.project_id, t.bucket, t.customer_id, t.transaction_id, t.created_at, t.reason, t.actor
   from (
     select * from wallet_transactions where (bucket, customer_id, transaction_id) > ($1, $2, $3)
     order by bucket, customer_id, transaction_id limit $4) t
   join customers c on c.bucket = t.bucket and c.customer_id = t.customer_id
   order by t.bucket, t.customer_id, t.transaction_id`,
)

type AfterRow = {
  project_id: string
  bucket: number
  customer_id: string
  transaction_id: string
  created_at: number
  reason: string | null
  actor: string
}

/** The ledger as those read it who look into it. */
export function ledgerReads(query: Query): LedgerReads {
  return {
    ...ledgerUntil(query),
    search: ledgerSearch(query),
    balanceFacts: balanceFacts(query),
    async mergedInto({ projectId, customerId }, limit) {
      type Row = { customer_id: string; original_app_user_id: string }
      const rows = await query<Row>(MERGED_INTO, [projectId, customerId, limit])
      return rows.map((row) => ({
        projectId,
        bucket: bucketOf(projectId, row.customer_id),
        customerId: row.customer_id,
        originalAppUserId: row.original_app_user_id,
      }))
    },
    async transactionsAfter(last, limit) {
      const after = [last?.owner.bucket ?? -1, last?.owner.customerId ?? '', last?.transactionId ?? '', limit]
      return (await query<AfterRow>(TRANSACTIONS_AFTER, after)).map(indexedFromRow)
    },
  }
}

function indexedFromRow(row: AfterRow): IndexedTransaction {
  return {
    owner: { projectId: row.project_id, bucket: row.bucket, customerId: row.customer_id },
    transactionId: row.transaction_id,
    createdAt: row.created_at,
    reason: row.reason,
    actor: row.actor,
  }
}
