import { bucketOf } from '../core/lib/bucket.ts'
import type { PresentedContext, ReceiptFacts } from '../core/purchases/receipt-facts.ts'
import type { TxReceiptFacts } from '../usecases/ports/receipt-facts.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

const KEEP = statement(
  'receipt_facts.keep',
  `insert into receipt_facts (bucket, purchase_id, project_id, facts, received_at) values ($1, $2, $3, $4, $5)
   on conflict do nothing`,
)
const FIND = statement('receipt_facts.find', 'select facts from receipt_facts where bucket = $1 and purchase_id = $2')
const PRESENTED = statement(
  'receipt_facts.presented',
  `select f.purchase_id, f.facts->'presented' as presented
   from (select distinct * from unnest($1::smallint[], $2::text[])) q (bucket, purchase_id)
   join receipt_facts f on f.bucket = q.bucket and f.purchase_id = q.purchase_id where f.facts->'presented' is not null`,
)

export function receiptFactRows(query: Query): TxReceiptFacts {
  const keyOf = ({ projectId, purchaseId }: { projectId: string; purchaseId: string }) =>
    [bucketOf(projectId, purchaseId), purchaseId] as const
  return {
    async keep(purchase, facts, now) {
      await query(KEEP, [...keyOf(purchase), purchase.projectId, JSON.stringify(facts), timeOf(now)])
    },
    async find(purchase) {
      return (await query<{ facts: ReceiptFacts }>(FIND, keyOf(purchase)))[0]?.facts ?? null
    },
    async presented(purchases) {
      const keys = purchases.map(keyOf)
      const rows = await query<{ purchase_id: string; presented: PresentedContext }>(PRESENTED, [
        keys.map(([bucket]) => bucket),
        keys.map(([, purchaseId]) => purchaseId),
      ])
      return new Map(rows.map((row) => [row.purchase_id, row.presented]))
    },
  }
}
