import { bucketOf } from '../core/lib/bucket.ts'
import type { FoundEntry, LedgerFilter, LedgerPlace, LedgerReads, LedgerSource } from '../usecases/ports/ledger.ts'
import { type Query, type Statement, statement } from './statement.ts'
import { HISTORY_COLUMNS, type HistoryRow, historyEntryFromRow } from './wallet-history.ts'
import { timeOf } from './wire-values.ts'

/**
 * Rows of a source that one page looks at. What narrows is looked at row by row, so a rare combination would go through
 * all of it: instead the page ends there, and says where to go on.
 */
const LOOKED_AT_MAX = 2_000

/** $1 project, $2 limit, $3 to $10 what narrows, $11 and $12 the place before which the page begins. */
const FILTERS = `c.project_id = $1 and ($3::text[] is null or t.customer_id = any($3))
   and ($4::text[] is null or t.purchase_id = any($4))
   and ($5::text is null or t.actor = $5 or starts_with(t.actor, $5 || '/'))
   and ($6::text is null or t.request_id = $6) and ($7::text is null or t.kind = $7)
   and ($8::text is null or exists (select from wallet_postings p where p.bucket = t.bucket
     and p.customer_id = t.customer_id and p.transaction_id = t.transaction_id and p.currency = $8))
   and ($9::timestamptz is null or t.created_at >= $9) and ($10::timestamptz is null or t.created_at < $10)`
const BEFORE = `< (coalesce($11::timestamptz, 'infinity'), coalesce($12::text, ''))`

/**
 * A page out of a source of (transaction_id, created_at). One row at least when the source has any, which may hold no
 * entry. Transactions are asked for by their ids alone: by customer as well, the planner would look through all of a
 * customer's for each.
 */
function pageOf(name: string, source: string, order: (row: string) => string): Statement {
  return statement(
    `ledger_search.${name}`,
    `with looked_at as materialized (${source} limit ${LOOKED_AT_MAX}),
     found as (
       select t.*, c.original_app_user_id, c.merged_into_id
       from wallet_transactions t join customers c on c.bucket = t.bucket and c.customer_id = t.customer_id
       where t.transaction_id = any(array(select transaction_id from looked_at)) and ${FILTERS}
       order by ${order('t')} limit $2),
     seen as (
       select (select count(*) from looked_at) as rows, created_at as last_at, transaction_id as last_id
       from looked_at r order by ${order('r').replaceAll(' desc', '')} limit 1)
     select ${HISTORY_COLUMNS}, t.customer_id, t.original_app_user_id, t.merged_into_id, seen.rows, seen.last_at, seen.last_id
     from seen left join found t on true order by ${order('t')}`,
  )
}

const byTime = (row: string) => `${row}.created_at desc, ${row}.transaction_id desc`
/** Ids begin with their time, and the key of the table ends with them. */
const byId = (row: string) => `${row}.transaction_id desc`

const BY_REFERENCE = pageOf(
  'by_reference',
  `select transaction_id, created_at from wallet_references
   where bucket = $13 and project_id = $1 and kind = $14 and value = $15 and (created_at, transaction_id) ${BEFORE}
     and created_at >= coalesce($9::timestamptz, '-infinity') and created_at < coalesce($10::timestamptz, 'infinity')
   order by created_at desc, transaction_id desc`,
  byTime,
)
const BY_PURCHASE = pageOf(
  'by_purchase',
  `select transaction_id, created_at from wallet_transactions
   where purchase_id = any($13::text[]) and (created_at, transaction_id) ${BEFORE}
   order by created_at desc, transaction_id desc`,
  byTime,
)
const BY_CUSTOMER = pageOf(
  'by_customer',
  `select own.* from unnest($13::smallint[], $14::text[]) as k (bucket, customer_id) cross join lateral (
     select t.transaction_id, t.created_at from wallet_transactions t
     where t.bucket = k.bucket and t.customer_id = k.customer_id and ($11::timestamptz is null or t.transaction_id < $12)
     order by t.transaction_id desc limit ${LOOKED_AT_MAX}) own
   order by own.transaction_id desc`,
  byId,
)

type SeenRow = { rows: number; last_at: number; last_id: string }
type FoundRow = HistoryRow & { customer_id: string; original_app_user_id: string; merged_into_id: string | null }
type Row = SeenRow & (FoundRow | { transaction_id: null })

/** Finds ledger transactions by what there is an index for. */
export function ledgerSearch(query: Query): LedgerReads['search'] {
  return async ({ projectId, source, filter, before, limit }) => {
    const { text, values } = sourceOf(source, projectId)
    // One more than is shown, to know whether there is another page.
    const shared = [projectId, limit + 1, ...filterToValues(filter), timeOf(before?.createdAt ?? null)]
    const rows = await query<Row>(text, [...shared, before?.transactionId ?? null, ...values])
    const found = rows.flatMap((row) => (row.transaction_id === null ? [] : [foundFromRow(row)]))
    const entries = found.slice(0, limit)
    const last = entries.at(-1)
    if (found.length > limit && last !== undefined) return { entries, next: placeOf(last) }
    const [seen] = rows
    return { entries, next: seen === undefined || seen.rows < LOOKED_AT_MAX ? null : lastSeen(seen) }
  }
}

function sourceOf(source: LedgerSource, projectId: string): { text: Statement; values: unknown[] } {
  if (source.kind === 'purchases') return { text: BY_PURCHASE, values: [source.purchaseIds] }
  if (source.kind === 'customers') {
    const { customers } = source
    return { text: BY_CUSTOMER, values: [customers.map((ref) => ref.bucket), customers.map((ref) => ref.customerId)] }
  }
  const { kind, value } = source
  return { text: BY_REFERENCE, values: [bucketOf(projectId, kind, value), kind, value] }
}

function filterToValues(filter: LedgerFilter): unknown[] {
  return [
    filter.customers?.map((ref) => ref.customerId) ?? null,
    filter.purchaseIds,
    filter.operatorId,
    filter.requestId,
    filter.kind,
    filter.currency,
    timeOf(filter.since),
    timeOf(filter.until),
  ]
}

function foundFromRow(row: FoundRow): FoundEntry {
  return {
    ...historyEntryFromRow(row),
    customerId: row.customer_id,
    userId: row.original_app_user_id,
    mergedIntoId: row.merged_into_id,
  }
}

function placeOf({ createdAt, transactionId }: FoundEntry): LedgerPlace {
  return { createdAt, transactionId }
}

function lastSeen({ last_at, last_id }: SeenRow): LedgerPlace {
  return { createdAt: last_at, transactionId: last_id }
}
