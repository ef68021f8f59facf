import type { BulkRow, RowState } from '../core/bulk/bulk-row.ts'
import type { BulkReads, RowFilter, TxBulk } from '../usecases/ports/bulk.ts'
import { type Query, type Statement, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type Row = {
  number: number
  line: number
  user_id: string
  currency: string
  amount: number
  reason: string
  idempotency_key: string | null
  state: RowState
  refusal: string | null
  forecast: string | null
  transaction_id: string | null
  balance: number | null
  replayed: boolean
  settled_at: number | null
}

const COLUMNS = `number, line, user_id, currency, amount, reason, idempotency_key, state, refusal, forecast, transaction_id,
  balance, replayed, settled_at`

const pageOf = (name: string, condition: string): Statement =>
  statement(
    `bulk_rows.${name}`,
    `select ${COLUMNS} from bulk_rows where bucket = $1 and bulk_id = $2 and number > $3 and ${condition}
     order by number limit $4`,
  )

const PAGES: Record<RowFilter, Statement> = {
  all: pageOf('all', 'true'),
  waiting: pageOf('waiting', "state = 'waiting'"),
  done: pageOf('done', "state = 'done'"),
  refused: pageOf('refused', "state = 'refused'"),
  would_be_refused: pageOf('would_be_refused', "state = 'waiting' and forecast is not null"),
}
const BY_USER = statement(
  'bulk_rows.by_user',
  `select ${COLUMNS} from bulk_rows where bucket = $1 and bulk_id = $2 and (user_id collate "C", number) > ($3 collate "C", $4)
   order by user_id collate "C", number limit $5`,
)
const INSERT = statement(
  'bulk_rows.insert',
  `insert into bulk_rows (bucket, bulk_id, number, line, user_id, currency, amount, reason, idempotency_key)
   select $1, $2, t.* from unnest($3::int[], $4::int[], $5::text[], $6::text[], $7::bigint[], $8::text[], $9::text[]) as t`,
)
const SETTLE = statement(
  'bulk_rows.settle',
  `update bulk_rows r set state = t.state, refusal = t.refusal, transaction_id = t.transaction_id, balance = t.balance,
     replayed = t.replayed, settled_at = $3
   from unnest($4::int[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::boolean[])
     as t (number, state, refusal, transaction_id, balance, replayed)
   where r.bucket = $1 and r.bulk_id = $2 and r.number = t.number and r.state = 'waiting'`,
)
const FORECAST = statement(
  'bulk_rows.forecast',
  `update bulk_rows r set forecast = t.refusal from unnest($3::int[], $4::text[]) as t (number, refusal)
   where r.bucket = $1 and r.bulk_id = $2 and r.number = t.number`,
)
const DELETE = statement('bulk_rows.delete', 'delete from bulk_rows where bucket = $1 and bulk_id = $2')

export function bulkRowReads(query: Query): Pick<BulkReads, 'rows' | 'rowsByUser'> {
  return {
    async rows({ bucket, bulkId }, { after, limit, which }) {
      return (await query<Row>(PAGES[which], [bucket, bulkId, after, limit])).map(fromRow)
    },
    async rowsByUser({ bucket, bulkId }, { after, limit }) {
      // No user id is empty, so this is before the first.
      const { userId, number } = after ?? { userId: '', number: 0 }
      return (await query<Row>(BY_USER, [bucket, bulkId, userId, number, limit])).map(fromRow)
    },
  }
}

type Writes = Pick<TxBulk, 'insertRows' | 'saveOutcomes' | 'saveForecasts'> & { deleteRows: TxBulk['delete'] }

export function bulkRowWrites(query: Query): Writes {
  return {
    async insertRows({ bucket, bulkId }, first, rows) {
      await query(INSERT, [
        bucket,
        bulkId,
        rows.map((_row, index) => first + index),
        rows.map((row) => row.line),
        rows.map((row) => row.userId),
        rows.map((row) => row.currency),
        rows.map((row) => row.amount),
        rows.map((row) => row.reason),
        rows.map((row) => row.idempotencyKey),
      ])
    },
    async saveOutcomes({ bucket, bulkId }, outcomes, now) {
      await query(SETTLE, [
        bucket,
        bulkId,
        timeOf(now),
        outcomes.map((outcome) => outcome.number),
        outcomes.map((outcome) => outcome.state),
        outcomes.map((outcome) => (outcome.state === 'refused' ? outcome.refusal : null)),
        outcomes.map((outcome) => (outcome.state === 'done' ? outcome.transactionId : null)),
        outcomes.map((outcome) => (outcome.state === 'done' ? outcome.balance : null)),
        outcomes.map((outcome) => outcome.state === 'done' && outcome.replayed),
      ])
    },
    async saveForecasts({ bucket, bulkId }, refusals) {
      await query(FORECAST, [bucket, bulkId, refusals.map((row) => row.number), refusals.map((row) => row.refusal)])
    },
    async deleteRows({ bucket, bulkId }) {
      await query(DELETE, [bucket, bulkId])
    },
  }
}

function fromRow(row: Row): BulkRow {
  return {
    number: row.number,
    line: row.line,
    userId: row.user_id,
    currency: row.currency,
    amount: row.amount,
    reason: row.reason,
    idempotencyKey: row.idempotency_key,
    state: row.state,
    refusal: row.refusal,
    forecast: row.forecast,
    transactionId: row.transaction_id,
    balance: row.balance,
    replayed: row.replayed,
    settledAt: row.settled_at,
  }
}
