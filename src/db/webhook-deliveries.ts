import type { EventType } from '../core/events/event.ts'
import type { Delivery, DeliveryAttempt } from '../core/webhooks/delivery.ts'
import { ATTEMPTS_KEPT } from '../core/webhooks/delivery.ts'
import type {
  Claim,
  ClaimedDelivery,
  SettledDelivery,
  TxWebhookDeliveries,
  WebhookDeliveryReads,
} from '../usecases/ports/webhook-deliveries.ts'
import { type Query, statement } from './statement.ts'
import { webhookQueue } from './webhook-queue.ts'
import { timeOf } from './wire-values.ts'

const COLUMNS = `bucket, customer_id, endpoint_id, position, webhook_id, event_type, occurred_at, state, attempt_count,
  settled_at`

const LIST = statement(
  'webhook_deliveries.list',
  `select ${COLUMNS} from webhook_deliveries where endpoint_id = $1 and ($2::text is null or state = $2)
   and ($3::text is null or event_type = $3) and ($4::bigint is null or position < $4) order by position desc limit $5`,
)
const LIST_OF_CUSTOMER = statement(
  'webhook_deliveries.list_of_customer',
  `select ${COLUMNS} from webhook_deliveries where endpoint_id = $1 and ($2::text is null or state = $2)
   and ($3::text is null or event_type = $3) and ($4::bigint is null or position < $4)
   and bucket = $6 and customer_id = $7 order by position desc limit $5`,
)
const GET = statement(
  'webhook_deliveries.get',
  `select ${COLUMNS}, attempts from webhook_deliveries where endpoint_id = $1 and position = $2`,
)
const WAITING = statement(
  'webhook_lanes.waiting',
  `select count(*) as count from (
     select from webhook_lanes where endpoint_id = $1 and due_at is not null limit $2) waiting`,
)
const CLAIM = statement(
  'webhook_lanes.claim',
  `update webhook_lanes set due_at = $3, leased_until = $3, lease = lease + 1
   where endpoint_id = $1 and (bucket, customer_id) in (
     select bucket, customer_id from webhook_lanes where endpoint_id = $1 and due_at <= $2
     order by due_at limit $4 for no key update skip locked)
   returning bucket, customer_id, lease`,
)
/** After the claim, in a statement of its own: it sees what was queued while the claim waited. */
const HEADS = statement(
  'webhook_deliveries.heads',
  `select c.bucket, c.customer_id, d.position, d.webhook_id, d.event_type, d.occurred_at, d.attempt_count, e.body
   from unnest($1::smallint[], $2::text[]) as c (bucket, customer_id)
   cross join lateral (select * from webhook_deliveries d where d.bucket = c.bucket and d.customer_id = c.customer_id
     and d.endpoint_id = $3 and d.state = 'pending' order by d.position limit 1) d
   left join events e on e.project_id = $4 and e.position = d.position`,
)
const LOCK_CLAIMS = statement(
  'webhook_lanes.lock_claims',
  `select l.bucket, l.customer_id, l.endpoint_id from webhook_lanes l
   join unnest($1::smallint[], $2::text[], $3::text[], $4::integer[]) as c (bucket, customer_id, endpoint_id, lease)
     on l.bucket = c.bucket and l.customer_id = c.customer_id and l.endpoint_id = c.endpoint_id and l.lease = c.lease
   order by l.bucket, l.customer_id, l.endpoint_id for no key update of l`,
)
const SETTLE = statement(
  'webhook_deliveries.settle',
  `update webhook_deliveries d set state = s.state, attempt_count = s.attempt_count,
     settled_at = case when s.state = 'pending' then null else $8::timestamptz end,
     attempts = case when s.attempt is null then d.attempts
       when jsonb_array_length(d.attempts) < $9::integer then d.attempts || s.attempt
       else (d.attempts - 0) || s.attempt end
   from unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::integer[], $7::jsonb[])
     as s (bucket, customer_id, endpoint_id, position, state, attempt_count, attempt)
   where d.bucket = s.bucket and d.customer_id = s.customer_id and d.endpoint_id = s.endpoint_id
     and d.position = s.position`,
)
/** Its lock is held: nothing is queued meanwhile, and what was queued before is seen. */
const NEXT = statement(
  'webhook_lanes.next',
  `update webhook_lanes l set leased_until = null, due_at = coalesce(n.retry_at, case when exists (
     select from webhook_deliveries d where d.bucket = l.bucket and d.customer_id = l.customer_id
       and d.endpoint_id = l.endpoint_id and d.state = 'pending') then $5::timestamptz end)
   from unnest($1::smallint[], $2::text[], $3::text[], $4::timestamptz[]) as n (bucket, customer_id, endpoint_id, retry_at)
   where l.bucket = n.bucket and l.customer_id = n.customer_id and l.endpoint_id = n.endpoint_id`,
)
/** Only the oldest are looked at, so that a look costs the same however many there are. */
const FORGET = statement(
  'webhook_deliveries.forget',
  `delete from webhook_deliveries where endpoint_id = $1 and (bucket, customer_id, endpoint_id, position) in (
     select bucket, customer_id, endpoint_id, position from (
       select bucket, customer_id, endpoint_id, position, occurred_at from webhook_deliveries where endpoint_id = $1
       order by position limit $3) eldest where occurred_at < $2)
   returning bucket, customer_id`,
)
const FORGET_LANES = statement(
  'webhook_lanes.forget',
  `delete from webhook_lanes l using (select distinct bucket, customer_id from
     unnest($1::smallint[], $2::text[]) as u (bucket, customer_id)) c
   where l.bucket = c.bucket and l.customer_id = c.customer_id and l.endpoint_id = $3
   and not exists (select from webhook_deliveries d where d.bucket = l.bucket and d.customer_id = l.customer_id
     and d.endpoint_id = l.endpoint_id)`,
)

type LaneRow = { bucket: number; customer_id: string }
type DeliveryRow = LaneRow & {
  endpoint_id: string
  position: number
  webhook_id: string
  event_type: EventType
  occurred_at: number
  state: Delivery['state']
  attempt_count: number
  settled_at: number | null
}
type HeadRow = Omit<DeliveryRow, 'endpoint_id' | 'state' | 'settled_at'> & { body: string | null }

export function webhookDeliveryReads(query: Query): WebhookDeliveryReads {
  return {
    async list({ endpointId, state, eventType, before, limit, customer }) {
      const values = [endpointId, state, eventType, before, limit]
      const rows =
        customer === null
          ? await query<DeliveryRow>(LIST, values)
          : await query<DeliveryRow>(LIST_OF_CUSTOMER, [...values, customer.bucket, customer.customerId])
      return rows.map(deliveryFromRow)
    },
    async get(endpointId, position) {
      const [row] = await query<DeliveryRow & { attempts: DeliveryAttempt[] }>(GET, [endpointId, position])
      return row === undefined ? null : { ...deliveryFromRow(row), attempts: row.attempts }
    },
    async waitingCustomers(endpointId, max) {
      const [row] = await query<{ count: number }>(WAITING, [endpointId, max])
      return row?.count ?? 0
    },
  }
}

export function webhookDeliveryRows(query: Query): TxWebhookDeliveries {
  return {
    ...webhookQueue(query),
    async claim({ endpoint: { endpointId, projectId }, now, leasedUntil, limit }) {
      const lanes = await query<LaneRow & { lease: number }>(CLAIM, [
        endpointId,
        timeOf(now),
        timeOf(leasedUntil),
        limit,
      ])
      if (lanes.length === 0) return []
      const heads = await query<HeadRow>(HEADS, [
        lanes.map(({ bucket }) => bucket),
        lanes.map(({ customer_id }) => customer_id),
        endpointId,
        projectId,
      ])
      const leases = new Map(lanes.map((lane) => [lane.customer_id, lane.lease]))
      const claimed = heads.map((head) => claimedFromRow(head, endpointId, leases.get(head.customer_id) ?? 0))
      await rest(query, endpointId, lanes, claimed, now)
      return claimed
    },
    async lockClaims(claims) {
      const rows = await query<LaneRow & { endpoint_id: string }>(LOCK_CLAIMS, [
        ...laneValues(claims),
        claims.map(({ lease }) => lease),
      ])
      const held = new Set(rows.map((row) => `${row.endpoint_id} ${row.customer_id}`))
      return claims.filter(({ endpointId, customer }) => held.has(`${endpointId} ${customer.customerId}`))
    },
    async settle(settled, now) {
      if (settled.length === 0) return
      await query(SETTLE, settleValues(settled, now))
      const retries = settled.map(({ retryAt }) => timeOf(retryAt))
      await query(NEXT, [...laneValues(settled), retries, timeOf(now)])
    },
    async forgetBefore(endpointId, occurredBefore, limit) {
      const forgotten = await query<LaneRow>(FORGET, [endpointId, timeOf(occurredBefore), limit])
      if (forgotten.length > 0) {
        const buckets = forgotten.map(({ bucket }) => bucket)
        await query(FORGET_LANES, [buckets, forgotten.map(({ customer_id }) => customer_id), endpointId])
      }
      return forgotten.length
    },
  }
}

/** Lets lanes rest whose events were forgotten while they waited. */
async function rest(
  query: Query,
  endpointId: string,
  lanes: readonly LaneRow[],
  claimed: readonly ClaimedDelivery[],
  now: number,
): Promise<void> {
  if (lanes.length === claimed.length) return
  const busy = new Set(claimed.map(({ customer }) => customer.customerId))
  const empty = lanes.filter((lane) => !busy.has(lane.customer_id))
  const claims = empty.map((lane) => ({
    endpointId,
    customer: { bucket: lane.bucket, customerId: lane.customer_id },
    lease: 0,
  }))
  await query(NEXT, [...laneValues(claims), empty.map(() => null), timeOf(now)])
}

function laneValues(claims: readonly Claim[]): unknown[][] {
  return [
    claims.map(({ customer }) => customer.bucket),
    claims.map(({ customer }) => customer.customerId),
    claims.map(({ endpointId }) => endpointId),
  ]
}

function settleValues(settled: readonly SettledDelivery[], now: number): unknown[] {
  return [
    ...laneValues(settled),
    settled.map(({ position }) => position),
    settled.map(({ state }) => state),
    settled.map(({ attemptCount }) => attemptCount),
    settled.map(({ attempt }) => (attempt === null ? null : JSON.stringify(attempt))),
    timeOf(now),
    ATTEMPTS_KEPT,
  ]
}

function claimedFromRow(row: HeadRow, endpointId: string, lease: number): ClaimedDelivery {
  return {
    endpointId,
    customer: { bucket: row.bucket, customerId: row.customer_id },
    lease,
    position: row.position,
    webhookId: row.webhook_id,
    eventType: row.event_type,
    occurredAt: row.occurred_at,
    attemptCount: row.attempt_count,
    body: row.body,
  }
}

function deliveryFromRow(row: DeliveryRow): Omit<Delivery, 'attempts'> {
  return {
    endpointId: row.endpoint_id,
    customer: { bucket: row.bucket, customerId: row.customer_id },
    position: row.position,
    webhookId: row.webhook_id,
    eventType: row.event_type,
    occurredAt: row.occurred_at,
    state: row.state,
    attemptCount: row.attempt_count,
    settledAt: row.settled_at,
  }
}
