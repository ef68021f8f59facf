import type { CustomerRef } from '../core/customers/customer.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import type { Purchase } from '../core/purchases/purchase.ts'
import type { StoreClaimKey, TxPurchases } from '../usecases/ports.ts'
import { type Query, statement } from './statement.ts'

const KEY = 'bucket = $1 and project_id = $2 and store = $3 and environment = $4 and store_purchase_id = $5'
const FIND = statement(
  'store_claims.find',
  `select customer_bucket, customer_id, purchase_id from store_claims where ${KEY}`,
)
const INSERT = statement(
  'store_claims.insert',
  `insert into store_claims (bucket, project_id, store, environment, store_purchase_id, customer_bucket, customer_id, purchase_id)
   values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing returning 1`,
)
const MOVE = statement(
  'store_claims.move',
  `update store_claims set customer_bucket = $6, customer_id = $7 where ${KEY}`,
)

/** Who owns which chain of store transactions. A row here is the only way to own one. */
export function storeClaims(query: Query): Pick<TxPurchases, 'findClaim' | 'insertClaim'> & {
  moveClaim(purchase: Purchase, to: CustomerRef): Promise<void>
} {
  return {
    async findClaim(key) {
      const [row] = await query<{ customer_bucket: number; customer_id: string; purchase_id: string }>(
        FIND,
        claimKey(key),
      )
      if (row === undefined) return null
      const owner = { projectId: key.projectId, bucket: row.customer_bucket, customerId: row.customer_id }
      return { owner, purchaseId: row.purchase_id }
    },
    async insertClaim(key, { owner, purchaseId }) {
      const inserted = await query(INSERT, [...claimKey(key), owner.bucket, owner.customerId, purchaseId])
      return inserted.length === 1
    },
    async moveClaim(purchase, to) {
      await query(MOVE, [...claimKey({ ...purchase, projectId: to.projectId }), to.bucket, to.customerId])
    },
  }
}

function claimKey({ projectId, store, environment, storePurchaseId }: StoreClaimKey): unknown[] {
  return [bucketOf(projectId, store, storePurchaseId), projectId, store, environment, storePurchaseId]
}
