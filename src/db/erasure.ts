import type { Customer } from '../core/customers/customer.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import type { Environment } from '../core/purchases/purchase.ts'
import type { TxErasure } from '../usecases/ports/erasure.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

/** Tables of which every row of the customer goes. A table with a customer in it is here, or kept on purpose (see the tests). */
const DELETED_WITH_CUSTOMER = [
  'customer_attributes',
  'purchase_transactions',
  'purchases',
  'entitlement_grants',
  'devices',
  'published_envelopes',
  'usage_counters',
  'cap_overrides',
  'support_tickets',
  'webhook_lanes',
  'webhook_deliveries',
] as const

/** The customer first, then whoever was merged into it, and into those. `union` ends a circle, which there cannot be. */
const FAMILY = statement(
  'erasure.family',
  `with recursive family as (
     select bucket, customer_id from customers where bucket = $1 and customer_id = $2
     union select c.bucket, c.customer_id from customers c
       join family f on c.merged_into_id = f.customer_id where c.project_id = $3)
   select bucket, customer_id from family`,
)
const OWN = 'unnest($1::smallint[], $2::text[]) as k (bucket, customer_id)'
const IS_OWN = 't.bucket = k.bucket and t.customer_id = k.customer_id'
const PURCHASES = statement(
  'erasure.purchases',
  `select t.purchase_id, t.store, t.environment, t.store_purchase_id from ${OWN} join purchases t on ${IS_OWN}`,
)
const NAMES = statement(
  'erasure.names',
  `delete from customer_aliases t using ${OWN} where t.customer_bucket = k.bucket and t.customer_id = k.customer_id
   returning t.app_user_id`,
)
/** The rows stay: the feed of the project has no gaps. What they told is gone, and what was not told yet never will be. */
const EVENTS = statement(
  'erasure.events',
  `update events t set data = '{}', body = null, waits = false from ${OWN} where ${IS_OWN}`,
)
const DELETIONS = DELETED_WITH_CUSTOMER.map((table) =>
  statement(`erasure.delete_${table}`, `delete from ${table} t using ${OWN} where ${IS_OWN}`),
)
const REDEMPTIONS = statement(
  'erasure.redemption_tokens',
  `delete from redemption_tokens t using ${OWN} where t.customer_bucket = k.bucket and t.customer_id = k.customer_id`,
)
const CLAIMS = statement(
  'erasure.store_claims',
  `delete from store_claims t
   using unnest($2::smallint[], $3::text[], $4::text[], $5::text[]) as k (bucket, store, environment, store_purchase_id)
   where t.bucket = k.bucket and t.project_id = $1 and t.store = k.store and t.environment = k.environment
     and t.store_purchase_id = k.store_purchase_id`,
)
const TOLD_OF_CHAINS = statement(
  'erasure.incoming_events',
  'delete from incoming_events where project_id = $1 and chain_id = any($2::text[])',
)
const OF_PURCHASES = 'unnest($2::smallint[], $3::text[]) as k (bucket, purchase_id)'
const IS_OF_PURCHASE = 't.bucket = k.bucket and t.project_id = $1 and t.purchase_id = k.purchase_id'
const BY_PURCHASE = ['receipt_facts', 'purchase_ownerships'].map((table) =>
  statement(`erasure.delete_${table}`, `delete from ${table} t using ${OF_PURCHASES} where ${IS_OF_PURCHASE}`),
)
/** Purchases that are somebody else's by now keep how they came there, without this person's names. */
const STEPS = statement(
  'erasure.ownership_names',
  `update purchase_ownerships t set app_user_id = null from ${OWN} where t.project_id = $3 and t.customer_id = k.customer_id`,
)
const TOKENS = statement(
  'erasure.realtime_tokens',
  'delete from realtime_tokens where project_id = $1 and user_id = any($2::text[])',
)
const CUSTOMERS = statement(
  'erasure.customers',
  `update customers t set original_app_user_id = t.customer_id, erased_at = $3, revision = t.revision + 1,
     country_code = null, offering_override_id = null, restore_behavior = null
   from ${OWN} where ${IS_OWN}`,
)

type PurchaseRow = { purchase_id: string; store: string; environment: Environment; store_purchase_id: string }

/** Everything that names a person, in one place. Ledger rows are sealed by a chain of hashes, and name a customer alone. */
export function erasureRows(query: Query): TxErasure {
  return {
    async erase({ projectId, bucket, customerId }: Customer, now) {
      type Member = { bucket: number; customer_id: string }
      const family = await query<Member>(FAMILY, [bucket, customerId, projectId])
      const own = [family.map((one) => one.bucket), family.map((one) => one.customer_id)]
      // After this no relay finds events of the customer: deliveries that it queued before are seen by what follows.
      await query(EVENTS, own)
      const names = await query<{ app_user_id: string }>(NAMES, own)
      await query(TOKENS, [projectId, names.map((name) => name.app_user_id)])
      await erasePurchases(query, projectId, await query<PurchaseRow>(PURCHASES, own))
      await Promise.all([...DELETIONS, REDEMPTIONS].map((deletion) => query(deletion, own)))
      await query(STEPS, [...own, projectId])
      await query(CUSTOMERS, [...own, timeOf(now)])
    },
  }
}

/** What hangs on the purchases, each spread by a key of its own. Anybody may claim the chains from now on. */
async function erasePurchases(query: Query, projectId: string, purchases: readonly PurchaseRow[]): Promise<void> {
  if (purchases.length === 0) return
  const purchaseIds = purchases.map((one) => one.purchase_id)
  const buckets = purchaseIds.map((purchaseId) => bucketOf(projectId, purchaseId))
  const chains = purchases.map((one) => one.store_purchase_id)
  await Promise.all([
    query(CLAIMS, [
      projectId,
      purchases.map((one) => bucketOf(projectId, one.store, one.store_purchase_id)),
      purchases.map((one) => one.store),
      purchases.map((one) => one.environment),
      chains,
    ]),
    query(TOLD_OF_CHAINS, [projectId, chains]),
    ...BY_PURCHASE.map((deletion) => query(deletion, [projectId, buckets, purchaseIds])),
  ])
}
