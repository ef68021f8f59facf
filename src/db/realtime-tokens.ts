import { bucketOf } from '../core/lib/bucket.ts'
import type { RealtimeReads, RealtimeToken, TxRealtimeTokens } from '../usecases/ports/realtime.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type TokenRow = {
  token_hash: string
  project_id: string
  user_id: string
  device_id: string
  topics: string[]
  created_at: number
  expires_at: number
}

const FIND = statement(
  'realtime_tokens.find',
  `select token_hash, project_id, user_id, device_id, topics, created_at, expires_at from realtime_tokens
   where bucket = $1 and token_hash = $2`,
)
const INSERT = statement(
  'realtime_tokens.insert',
  `insert into realtime_tokens (bucket, token_hash, project_id, user_id, device_id, topics, created_at, expires_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8)`,
)
const DELETE_EXPIRED = statement(
  'realtime_tokens.delete_expired',
  'delete from realtime_tokens where expires_at < $1 returning 1',
)

const DELETE_OF_USER = statement(
  'realtime_tokens.delete_of_user',
  `delete from realtime_tokens where project_id = $1 and user_id = $2 and ($3::text is null or device_id = $3) returning 1`,
)
/** Every lookup is by a whole primary key, so the cost follows the number of sessions and nothing else. */
const NEWS = statement(
  'realtime_tokens.news',
  `select s.index::int - 1 as index, t.token_hash is not null as is_token_kept, c.customer_id, c.revision
   from unnest($1::smallint[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::bigint[])
     with ordinality as s (alias_bucket, project_id, user_id, token_bucket, token_hash, customer_id, revision, index)
   left join realtime_tokens t on t.bucket = s.token_bucket and t.token_hash = s.token_hash
   left join customer_aliases a
     on a.bucket = s.alias_bucket and a.project_id = s.project_id and a.app_user_id = s.user_id
   left join customers c on c.bucket = a.customer_bucket and c.customer_id = a.customer_id
   where t.token_hash is null or c.customer_id is distinct from s.customer_id or c.revision > s.revision`,
)

type NewsRow = { index: number; is_token_kept: boolean; customer_id: string | null; revision: number | null }

export function realtimeReads(query: Query): RealtimeReads {
  return {
    find: findRealtimeToken(query),
    async news(sessions) {
      if (sessions.length === 0) return []
      const rows = await query<NewsRow>(NEWS, [
        sessions.map(({ projectId, userId }) => bucketOf(projectId, userId)),
        sessions.map(({ projectId }) => projectId),
        sessions.map(({ userId }) => userId),
        sessions.map(({ tokenHash }) => bucketOf(tokenHash)),
        sessions.map(({ tokenHash }) => tokenHash),
        sessions.map(({ customerId }) => customerId),
        sessions.map(({ revision }) => revision),
      ])
      return rows.map((row) => ({
        index: row.index,
        isTokenKept: row.is_token_kept,
        customer:
          row.customer_id === null || row.revision === null
            ? null
            : { customerId: row.customer_id, revision: row.revision },
      }))
    },
  }
}

function findRealtimeToken(query: Query) {
  return async (tokenHash: string): Promise<RealtimeToken | null> => {
    const [row] = await query<TokenRow>(FIND, [bucketOf(tokenHash), tokenHash])
    if (row === undefined) return null
    return {
      tokenHash: row.token_hash,
      projectId: row.project_id,
      userId: row.user_id,
      deviceId: row.device_id,
      topics: row.topics,
      createdAt: row.created_at,
      expiresAt: row.expires_at,
    }
  }
}

export function realtimeTokenRows(query: Query): TxRealtimeTokens {
  return {
    async insert(token) {
      await query(INSERT, [
        bucketOf(token.tokenHash),
        token.tokenHash,
        token.projectId,
        token.userId,
        token.deviceId,
        token.topics,
        timeOf(token.createdAt),
        timeOf(token.expiresAt),
      ])
    },
    async deleteExpired(now) {
      return (await query(DELETE_EXPIRED, [timeOf(now)])).length
    },
    async deleteOfUser(projectId, userId, deviceId) {
      return (await query(DELETE_OF_USER, [projectId, userId, deviceId])).length
    },
  }
}
