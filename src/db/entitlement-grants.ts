import type { EntitlementGrant } from '../core/entitlements/grant.ts'
import type { EntitlementGrantReads, TxEntitlementGrants } from '../usecases/ports/entitlement-grants.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

/** A row, and as JSON an entry of the column `grants` of a customer's view. */
export type GrantRow = {
  grant_id: string
  lookup_key: string
  duration: EntitlementGrant['duration']
  granted_by: string
  store_transaction_id: string
  granted_at: number
  expires_at: number
  revoked_at: number | null
  due_at: number | null
}

const FACTS = 'grant_id, lookup_key, duration, granted_by, store_transaction_id'
const TIMES = ['granted_at', 'expires_at', 'revoked_at', 'due_at']
export const GRANT_COLUMNS = `${FACTS}, ${TIMES.join(', ')}`

const timesAsNumbers = TIMES.map((time) => `(extract(epoch from g.${time}) * 1000)::bigint as ${time}`).join(', ')
/** The grants of customer `c` as one JSON value, in their order; null for who never had any, without looking. */
export const GRANTS_AS_JSON = `case when c.has_grants then (select json_agg(to_json(j) order by j.granted_at, j.grant_id) from (
    select ${FACTS}, ${timesAsNumbers} from entitlement_grants g where g.bucket = c.bucket and g.customer_id = c.customer_id
  ) j) end`

const OF_CUSTOMER = statement(
  'entitlement_grants.of_customer',
  `select ${GRANT_COLUMNS} from entitlement_grants where bucket = $1 and customer_id = $2 order by granted_at, grant_id`,
)
const DUE = statement(
  'entitlement_grants.due',
  `select project_id, bucket, customer_id, grant_id from entitlement_grants where due_at <= $1 order by due_at limit $2`,
)
const IS_ENTITLEMENT = statement(
  'entitlements.exists',
  'select 1 from entitlements where project_id = $1 and lookup_key = $2',
)
const SAVE = statement(
  'entitlement_grants.save',
  `insert into entitlement_grants (bucket, customer_id, project_id, ${GRANT_COLUMNS})
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
   on conflict (bucket, customer_id, grant_id) do update set revoked_at = excluded.revoked_at, due_at = excluded.due_at`,
)
const MARK = statement(
  'customers.mark_grants',
  'update customers set has_grants = true where bucket = $1 and customer_id = $2 and not has_grants',
)
const DELETE = statement(
  'entitlement_grants.delete',
  'delete from entitlement_grants where bucket = $1 and customer_id = $2 and grant_id = any($3::text[])',
)
const MOVE = statement(
  'entitlement_grants.move',
  `with taken as (delete from entitlement_grants where bucket = $1 and customer_id = $2 returning *)
   insert into entitlement_grants (bucket, customer_id, project_id, ${GRANT_COLUMNS})
   select $3, $4, project_id, ${GRANT_COLUMNS} from taken returning 1`,
)

export function entitlementGrantReads(query: Query): EntitlementGrantReads {
  const { ofCustomer } = entitlementGrantRows(query)
  return {
    ofCustomer,
    async due(now, limit) {
      type Row = { project_id: string; bucket: number; customer_id: string; grant_id: string }
      const due = await query<Row>(DUE, [timeOf(now), limit])
      return due.map((row) => ({
        ref: { projectId: row.project_id, bucket: row.bucket, customerId: row.customer_id },
        grantId: row.grant_id,
      }))
    },
  }
}

export function entitlementGrantRows(query: Query): TxEntitlementGrants {
  return {
    async ofCustomer({ bucket, customerId }) {
      return (await query<GrantRow>(OF_CUSTOMER, [bucket, customerId])).map(grantFromRow)
    },
    async isEntitlement(projectId, lookupKey) {
      return (await query(IS_ENTITLEMENT, [projectId, lookupKey])).length > 0
    },
    async save({ projectId, bucket, customerId }, grant) {
      const facts = [grant.grantId, grant.lookupKey, grant.duration, grant.grantedBy, grant.storeTransactionId]
      const times = [grant.grantedAt, grant.expiresAt, grant.revokedAt, grant.dueAt].map(timeOf)
      await Promise.all([
        query(SAVE, [bucket, customerId, projectId, ...facts, ...times]),
        query(MARK, [bucket, customerId]),
      ])
    },
    async delete({ bucket, customerId }, grantIds) {
      if (grantIds.length > 0) await query(DELETE, [bucket, customerId, grantIds])
    },
    async move(from, to) {
      const moved = await query(MOVE, [from.bucket, from.customerId, to.bucket, to.customerId])
      if (moved.length > 0) await query(MARK, [to.bucket, to.customerId])
    },
  }
}

export function grantFromRow(row: GrantRow): EntitlementGrant {
  return {
    grantId: row.grant_id,
    lookupKey: row.lookup_key,
    duration: row.duration,
    grantedBy: row.granted_by,
    storeTransactionId: row.store_transaction_id,
    grantedAt: row.granted_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
    dueAt: row.due_at,
  }
}
