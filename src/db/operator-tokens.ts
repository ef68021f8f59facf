import type { OperatorToken } from '../core/operators/operator.ts'
import type { OperatorReads, TxOperators } from '../usecases/ports/operators.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

export type TokenRow = {
  token_id: string
  operator_id: string
  created_at: number
  expires_at: number | null
  revoked_at: number | null
}

const OF_OPERATORS = statement(
  'operator_tokens.of_operators',
  `select token_id, operator_id, created_at, expires_at, revoked_at from operator_tokens
   where operator_id = any($1) and revoked_at is null order by created_at, token_id`,
)
const USABLE = statement(
  'operator_tokens.usable',
  `select count(*) from operator_tokens
   where operator_id = $1 and revoked_at is null and (expires_at is null or expires_at > $2)`,
)
const INSERT = statement(
  'operator_tokens.insert',
  `insert into operator_tokens (token_id, operator_id, token_hash, created_at, expires_at) values ($1, $2, $3, $4, $5)`,
)
const REVOKE = statement(
  'operator_tokens.revoke',
  `update operator_tokens set revoked_at = $3
   where operator_id = $1 and ($2::text is null or token_id = $2) and revoked_at is null returning 1`,
)

export function tokensOf(query: Query): OperatorReads['tokens'] {
  return async (operatorIds) => (await query<TokenRow>(OF_OPERATORS, [operatorIds])).map(tokenFromRow)
}

export function operatorTokenRows(query: Query): Pick<TxOperators, 'insertToken' | 'usableTokens' | 'revokeTokens'> {
  return {
    async insertToken({ tokenId, operatorId, hash, createdAt, expiresAt }) {
      await query(INSERT, [tokenId, operatorId, hash, timeOf(createdAt), timeOf(expiresAt)])
    },
    async usableTokens(operatorId, now) {
      return (await query<{ count: number }>(USABLE, [operatorId, timeOf(now)]))[0]?.count ?? 0
    },
    async revokeTokens(operatorId, tokenId, now) {
      return (await query(REVOKE, [operatorId, tokenId, timeOf(now)])).length
    },
  }
}

export function tokenFromRow(row: TokenRow): OperatorToken {
  return {
    tokenId: row.token_id,
    operatorId: row.operator_id,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  }
}
