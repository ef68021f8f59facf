import { bucketOf } from '../core/lib/bucket.ts'
import type { IdempotencyKey, IdempotencyRecord, TxIdempotency } from '../usecases/ports.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

const FIND = statement(
  'idempotency_keys.find',
  'select fingerprint, answer from idempotency_keys where bucket = $1 and project_id = $2 and scope = $3 and key = $4',
)
const INSERT = statement(
  'idempotency_keys.insert',
  `insert into idempotency_keys (bucket, project_id, scope, key, fingerprint, answer, created_at)
   values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing returning 1`,
)

const DELETE_OLD = statement(
  'idempotency_keys.delete_old',
  `delete from idempotency_keys where (bucket, project_id, scope, key) in (
     select bucket, project_id, scope, key from idempotency_keys where created_at < $1 limit $2
     for update skip locked) returning 1`,
)

export function idempotencyRows(query: Query): TxIdempotency {
  return {
    async find(key) {
      const [row] = await query<IdempotencyRecord>(FIND, keyValues(key))
      return row ?? null
    },
    async insert(key, record, now) {
      const answer = JSON.stringify(record.answer)
      const inserted = await query(INSERT, [...keyValues(key), record.fingerprint, answer, timeOf(now)])
      return inserted.length === 1
    },
    async deleteOlderThan(createdAt, limit) {
      return (await query(DELETE_OLD, [timeOf(createdAt), limit])).length
    },
  }
}

/** The primary key of an idempotency key's row. */
export function keyValues({ projectId, scope, key }: IdempotencyKey): unknown[] {
  return [bucketOf(projectId, scope, key), projectId, scope, key]
}
