import type { BulkGrant, BulkState, CurrencySum } from '../core/bulk/bulk-grant.ts'
import type { Forecast } from '../core/bulk/forecast.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import type { BulkReads, TxBulk } from '../usecases/ports/bulk.ts'
import { bulkRowReads, bulkRowWrites } from './bulk-rows.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type GrantRow = {
  project_id: string
  bucket: number
  bulk_id: string
  state: BulkState
  name: string | null
  content_hash: string
  uploaded_by: string
  started_by: string | null
  row_count: number
  sums: CurrencySum[]
  forecast: Forecast
  done: number
  refused: number
  refusals: Record<string, number>
  worked_ms: number
  lease: number
  leased_until: number | null
  due_at: number | null
  created_at: number
  started_at: number | null
  finished_at: number | null
}

const COLUMNS = `project_id, bucket, bulk_id, state, name, content_hash, uploaded_by, started_by, row_count, sums, forecast,
  done, refused, refusals, worked_ms, lease, leased_until, due_at, created_at, started_at, finished_at`

const GET = statement(
  'bulk_grants.get',
  `select ${COLUMNS} from bulk_grants where bucket = $1 and bulk_id = $2 and project_id = $3`,
)
const LOCK = statement('bulk_grants.lock', `${GET.text} for no key update`)
const LIST = statement(
  'bulk_grants.list',
  `select ${COLUMNS} from bulk_grants where project_id = $1 and ($2::text is null or bulk_id < $2)
   order by bulk_id desc limit $3`,
)
const SAME_CONTENT = statement(
  'bulk_grants.same_content',
  `select bulk_id from bulk_grants where project_id = $1 and content_hash = $2 and bulk_id <> $3 and state <> 'cancelled'
   order by bulk_id limit 1`,
)
const INSERT = statement(
  'bulk_grants.insert',
  `insert into bulk_grants (${COLUMNS})
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
)
const CLAIM = statement(
  'bulk_grants.claim',
  `update bulk_grants set lease = lease + 1, leased_until = $2 where (bucket, bulk_id) in (
     select bucket, bulk_id from bulk_grants
     where due_at <= $1 and (leased_until is null or leased_until <= $1) and ($3::text is null or bulk_id = $3)
     order by due_at limit 1 for no key update skip locked) returning ${COLUMNS}`,
)
const SAVE = statement(
  'bulk_grants.save',
  `update bulk_grants set state = $3, started_by = $4, forecast = $5, done = $6, refused = $7, refusals = $8,
   worked_ms = $9, lease = $10, leased_until = $11, due_at = $12, started_at = $13, finished_at = $14
   where bucket = $1 and bulk_id = $2`,
)
const DELETE = statement('bulk_grants.delete', 'delete from bulk_grants where bucket = $1 and bulk_id = $2')

export function bulkReads(query: Query): BulkReads {
  return {
    ...bulkRowReads(query),
    async get(projectId, bulkId) {
      const [row] = await query<GrantRow>(GET, [bucketOf(projectId, bulkId), bulkId, projectId])
      return row === undefined ? null : grantFromRow(row)
    },
    async list(projectId, { before, limit }) {
      return (await query<GrantRow>(LIST, [projectId, before, limit])).map(grantFromRow)
    },
    async sameContent({ projectId, contentHash, bulkId }) {
      const [row] = await query<{ bulk_id: string }>(SAME_CONTENT, [projectId, contentHash, bulkId])
      return row?.bulk_id ?? null
    },
  }
}

export function txBulk(query: Query): TxBulk {
  const rows = bulkRowWrites(query)
  return {
    ...rows,
    async insert(bulk) {
      await query(INSERT, valuesOf(bulk))
    },
    async lock(projectId, bulkId) {
      const [row] = await query<GrantRow>(LOCK, [bucketOf(projectId, bulkId), bulkId, projectId])
      return row === undefined ? null : grantFromRow(row)
    },
    async claimDue({ now, leasedUntil, bulkId }) {
      const [row] = await query<GrantRow>(CLAIM, [timeOf(now), timeOf(leasedUntil), bulkId])
      return row === undefined ? null : grantFromRow(row)
    },
    async save(bulk) {
      await query(SAVE, [
        bulk.bucket,
        bulk.bulkId,
        bulk.state,
        bulk.startedBy,
        JSON.stringify(bulk.forecast),
        bulk.done,
        bulk.refused,
        JSON.stringify(bulk.refusals),
        bulk.workedMs,
        bulk.lease,
        timeOf(bulk.leasedUntil),
        timeOf(bulk.dueAt),
        timeOf(bulk.startedAt),
        timeOf(bulk.finishedAt),
      ])
    },
    async delete(bulk) {
      await rows.deleteRows(bulk)
      await query(DELETE, [bulk.bucket, bulk.bulkId])
    },
  }
}

/** The values in the order of `COLUMNS`. */
function valuesOf(bulk: BulkGrant): unknown[] {
  return [
    bulk.projectId,
    bulk.bucket,
    bulk.bulkId,
    bulk.state,
    bulk.name,
    bulk.contentHash,
    bulk.uploadedBy,
    bulk.startedBy,
    bulk.rows,
    JSON.stringify(bulk.sums),
    JSON.stringify(bulk.forecast),
    bulk.done,
    bulk.refused,
    JSON.stringify(bulk.refusals),
    bulk.workedMs,
    bulk.lease,
    timeOf(bulk.leasedUntil),
    timeOf(bulk.dueAt),
    timeOf(bulk.createdAt),
    timeOf(bulk.startedAt),
    timeOf(bulk.finishedAt),
  ]
}

function grantFromRow(row: GrantRow): BulkGrant {
  return {
    projectId: row.project_id,
    bucket: row.bucket,
    bulkId: row.bulk_id,
    state: row.state,
    name: row.name,
    contentHash: row.content_hash,
    uploadedBy: row.uploaded_by,
    startedBy: row.started_by,
    rows: row.row_count,
    sums: row.sums,
    forecast: row.forecast,
    done: row.done,
    refused: row.refused,
    refusals: row.refusals,
    workedMs: row.worked_ms,
    lease: row.lease,
    leasedUntil: row.leased_until,
    dueAt: row.due_at,
    createdAt: row.created_at,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
  }
}
