import type { CustomerRef } from '../core/customers/customer.ts'
import { assert } from '../core/lib/assert.ts'
import { ConflictError } from '../core/lib/conflict-error.ts'
import type { TxEventRelay, WaitingEvent } from '../usecases/ports/event-relay.ts'
import { readCatalog } from './catalog.ts'
import { readEventCharges } from './event-charges.ts'
import { readEventPeople } from './event-people.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

/** Any number that no other program uses on the same database: it lets one relay work at a time. */
const LOCK_KEY = 7_283_465_020

type WaitingRow = {
  event_id: string
  project_id: string
  bucket: number
  customer_id: string
  revision: number
  ordinal: number
  type: WaitingEvent['type']
  occurred_at: number
  data: Record<string, unknown>
}

const CLAIM = statement('event_relay.claim', 'select pg_try_advisory_xact_lock($1) as is_free')
const WAITING = statement(
  'events.waiting',
  `with eldest as (
     select distinct bucket, customer_id from
       (select bucket, customer_id from events where waits order by occurred_at limit $1) e)
   select e.event_id, e.project_id, e.bucket, e.customer_id, e.revision, e.ordinal, e.type, e.occurred_at, e.data
   from eldest cross join lateral (
     select * from events w where w.waits and w.bucket = eldest.bucket and w.customer_id = eldest.customer_id
     order by w.revision, w.ordinal limit $2) e`,
)
const TOLD = statement(
  'events.told',
  `select event_id as "eventId" from events
   where project_id = $1 and event_id = any($2::text[]) and position is not null`,
)
const TAKE_POSITIONS = statement(
  'event_feeds.take_positions',
  `insert into event_feeds (project_id, last_position) values ($1, $2)
   on conflict (project_id) do update set last_position = event_feeds.last_position + excluded.last_position
   returning last_position as last`,
)
const PUBLISH = statement(
  'events.publish',
  `update events e set waits = false, position = r.position, webhook_id = r.webhook_id, relayed_at = $7, body = r.body
   from unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[], $5::uuid[], $6::text[])
     as r (bucket, customer_id, event_id, position, webhook_id, body)
   where e.bucket = r.bucket and e.customer_id = r.customer_id and e.event_id = r.event_id and e.waits returning 1`,
)
const PASS_OVER = statement(
  'events.pass_over',
  `update events e set waits = false, relayed_at = $4
   from unnest($1::smallint[], $2::text[], $3::text[]) as r (bucket, customer_id, event_id)
   where e.bucket = r.bucket and e.customer_id = r.customer_id and e.event_id = r.event_id and e.waits`,
)

export function eventRelayRows(query: Query): TxEventRelay {
  return {
    async claim() {
      const [row] = await query<{ is_free: boolean }>(CLAIM, [LOCK_KEY])
      return row?.is_free === true
    },
    waiting: async ({ events, perCustomer }) =>
      (await query<WaitingRow>(WAITING, [events, perCustomer])).map(waitingFromRow),
    people: readEventPeople(query),
    catalog: readCatalog(query),
    charges: readEventCharges(query),
    async told(projectId, eventIds) {
      const rows = await query<{ eventId: string }>(TOLD, [projectId, eventIds])
      return new Set(rows.map(({ eventId }) => eventId))
    },
    async takePositions(projectId, count) {
      const [row] = await query<{ last: number }>(TAKE_POSITIONS, [projectId, count])
      assert(row, 'a feed has an end')
      return row.last - count + 1
    },
    async publish(events, now) {
      const published = await query(PUBLISH, [
        ...eventColumns(events.map(({ waiting }) => waiting)),
        events.map(({ relayed }) => relayed.position),
        events.map(({ relayed }) => relayed.webhookId),
        events.map(({ relayed }) => relayed.body),
        timeOf(now),
      ])
      // A customer was erased with what waited, or somebody relayed beside the lock: a gap must not stay.
      if (published.length !== events.length) throw new ConflictError('an event was gone before it was relayed')
    },
    async passOver(events, now) {
      await query(PASS_OVER, [...eventColumns(events), timeOf(now)])
    },
  }
}

function eventColumns(events: readonly WaitingEvent[]): unknown[] {
  return [...customerColumns(events.map(({ customer }) => customer)), events.map(({ eventId }) => eventId)]
}

function customerColumns(refs: readonly CustomerRef[]): unknown[] {
  return [refs.map(({ bucket }) => bucket), refs.map(({ customerId }) => customerId)]
}

function waitingFromRow(row: WaitingRow): WaitingEvent {
  return {
    eventId: row.event_id,
    customer: { projectId: row.project_id, bucket: row.bucket, customerId: row.customer_id },
    revision: row.revision,
    ordinal: row.ordinal,
    type: row.type,
    occurredAt: row.occurred_at,
    data: row.data,
  }
}
