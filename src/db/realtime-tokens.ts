import { bucketOf } from '../core/lib/bucket.ts'
import type { RealtimeToken, Tx } from '../usecases/ports.ts'
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

export function findRealtimeToken(query: Query) {
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

export function realtimeTokenRows(query: Query): Tx['realtimeTokens'] {
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
  }
}
