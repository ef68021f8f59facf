import { bucketOf } from '../core/lib/bucket.ts'
import type { TxRedemptions } from '../usecases/ports/redemptions.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type RedemptionRow = {
  customer_bucket: number
  customer_id: string
  purchase_ids: string[]
  expires_at: number
  redeemed_at: number | null
  redeemed_by: string | null
}

const INSERT = statement(
  'redemption_tokens.insert',
  `insert into redemption_tokens (bucket, token_hash, project_id, customer_bucket, customer_id, purchase_ids, created_at,
   expires_at) values ($1, $2, $3, $4, $5, $6, $7, $8)`,
)
const FIND = statement(
  'redemption_tokens.find',
  `select customer_bucket, customer_id, purchase_ids, expires_at, redeemed_at, redeemed_by from redemption_tokens
   where bucket = $1 and token_hash = $2 and project_id = $3`,
)
const MARK_REDEEMED = statement(
  'redemption_tokens.mark_redeemed',
  'update redemption_tokens set redeemed_at = $3, redeemed_by = $4 where bucket = $1 and token_hash = $2',
)
const DELETE_BEYOND = statement(
  'redemption_tokens.delete_beyond',
  `delete from redemption_tokens where customer_bucket = $1 and customer_id = $2 and token_hash in (
     select token_hash from redemption_tokens where customer_bucket = $1 and customer_id = $2
     order by created_at desc, token_hash offset $3)`,
)
const MOVE = statement(
  'redemption_tokens.move',
  'update redemption_tokens set customer_bucket = $3, customer_id = $4 where customer_bucket = $1 and customer_id = $2',
)

export function redemptionRows(query: Query): TxRedemptions {
  const keyOf = (projectId: string, tokenHash: string) => [bucketOf(projectId, tokenHash), tokenHash] as const
  return {
    async insert(tokenHash, { owner, purchaseIds, expiresAt }, now) {
      const { projectId, bucket, customerId } = owner
      const values = [projectId, bucket, customerId, purchaseIds, timeOf(now), timeOf(expiresAt)]
      await query(INSERT, [...keyOf(projectId, tokenHash), ...values])
    },
    async find(projectId, tokenHash) {
      const [row] = await query<RedemptionRow>(FIND, [...keyOf(projectId, tokenHash), projectId])
      if (row === undefined) return null
      return {
        owner: { projectId, bucket: row.customer_bucket, customerId: row.customer_id },
        purchaseIds: row.purchase_ids,
        expiresAt: row.expires_at,
        redeemedAt: row.redeemed_at,
        redeemedBy: row.redeemed_by,
      }
    },
    async markRedeemed(projectId, tokenHash, { appUserId, now }) {
      await query(MARK_REDEEMED, [...keyOf(projectId, tokenHash), timeOf(now), appUserId])
    },
    async deleteBeyond(ref, count) {
      await query(DELETE_BEYOND, [ref.bucket, ref.customerId, count])
    },
    async move(from, to) {
      await query(MOVE, [from.bucket, from.customerId, to.bucket, to.customerId])
    },
  }
}
