import type { CustomerRef } from '../core/customers/customer.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import type { RestoreBehavior } from '../core/projects/project.ts'
import type { OwnershipRule } from '../core/purchases/decide-ownership.ts'
import type { OwnershipCause, OwnershipStep } from '../core/purchases/ownership-step.ts'
import type { OwnershipReads, TxOwnership } from '../usecases/ports/ownership.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type StepRow = {
  purchase_id: string
  cause: OwnershipCause
  customer_id: string
  from_customer_id: string | null
  app_user_id: string | null
  app_id: string | null
  rule: RestoreBehavior | null
  rule_source: OwnershipRule['source'] | null
  recorded_at: number
}

const STEPS = statement(
  'purchase_ownerships.of_purchases',
  `select o.purchase_id, o.cause, o.customer_id, o.from_customer_id, o.app_user_id, o.app_id, o.rule, o.rule_source, o.recorded_at
   from unnest($1::smallint[], $2::text[]) as k (bucket, purchase_id)
   cross join lateral (select * from purchase_ownerships s where s.bucket = k.bucket and s.project_id = $3
     and s.purchase_id = k.purchase_id order by s.number desc limit $4) o
   order by o.purchase_id, o.number`,
)
const APPEND = statement(
  'purchase_ownerships.append',
  `insert into purchase_ownerships (bucket, project_id, purchase_id, number, cause, customer_id, from_customer_id, app_user_id,
     app_id, rule, rule_source, recorded_at)
   values ($1, $2, $3, (select coalesce(max(number), 0) + 1 from purchase_ownerships where bucket = $1 and project_id = $2
     and purchase_id = $3), $4, $5, $6, $7, $8, $9, $10, $11)`,
)
const OVERRIDE = statement(
  'customers.restore_behavior',
  'select restore_behavior as behavior from customers where bucket = $1 and customer_id = $2',
)
const SET_OVERRIDE = statement(
  'customers.set_restore_behavior',
  'update customers set restore_behavior = $3 where bucket = $1 and customer_id = $2',
)

export function ownershipReads(query: Query): OwnershipReads {
  return {
    async steps(projectId, purchaseIds, limit) {
      const rows = await query<StepRow>(STEPS, [...keysOf(projectId, purchaseIds), projectId, limit])
      const grouped = Map.groupBy(rows, (row) => row.purchase_id)
      return new Map([...grouped].map(([purchaseId, own]) => [purchaseId, own.map(stepFromRow)]))
    },
    async restoreBehavior(owner) {
      const [row] = await query<{ behavior: RestoreBehavior | null }>(OVERRIDE, refKey(owner))
      return row?.behavior ?? null
    },
  }
}

export function ownershipRows(query: Query): TxOwnership {
  return {
    restoreBehavior: ownershipReads(query).restoreBehavior,
    async append({ projectId, purchaseId }, step) {
      await query(APPEND, [
        bucketOf(projectId, purchaseId),
        projectId,
        purchaseId,
        step.cause,
        step.customerId,
        step.fromCustomerId,
        step.appUserId,
        step.appId,
        step.rule?.behavior ?? null,
        step.rule?.source ?? null,
        timeOf(step.recordedAt),
      ])
    },
    async setRestoreBehavior(owner, behavior) {
      await query(SET_OVERRIDE, [...refKey(owner), behavior])
    },
  }
}

function keysOf(projectId: string, purchaseIds: readonly string[]): [number[], readonly string[]] {
  return [purchaseIds.map((purchaseId) => bucketOf(projectId, purchaseId)), purchaseIds]
}

function refKey({ bucket, customerId }: CustomerRef): [number, string] {
  return [bucket, customerId]
}

function stepFromRow(row: StepRow): OwnershipStep {
  return {
    cause: row.cause,
    customerId: row.customer_id,
    fromCustomerId: row.from_customer_id,
    appUserId: row.app_user_id,
    appId: row.app_id,
    rule: ruleFromRow(row),
    recordedAt: row.recorded_at,
  }
}

function ruleFromRow({ rule, rule_source: source }: StepRow): OwnershipRule | null {
  if (source === null) return null
  if (source === 'anonymous_owner') return { source, behavior: null }
  return rule === null ? null : { source, behavior: rule }
}
