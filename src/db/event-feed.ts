import type { EventType } from '../core/events/event.ts'
import { addressOfBody } from '../core/webhooks/body-address.ts'
import type { EventFeedReads, TxEventFeed } from '../usecases/ports/event-relay.ts'
import type { RelayedEvent } from '../usecases/ports/relayed-events.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type Row = {
  event_id: string
  webhook_id: string
  project_id: string
  bucket: number
  customer_id: string
  revision: number
  type: EventType
  occurred_at: number
  position: number
  body: string
}
/** One row for each event, or one without an event. */
type PageRow = { forgotten_position: number; last_position: number } & (Row | { event_id: null })

// The feed and how far it was forgotten are of one moment: what is dropped in between would look like a gap.
const PAGE = statement(
  'events.page',
  `select coalesce(f.forgotten_position, 0) as forgotten_position, coalesce(f.last_position, 0) as last_position, e.*
   from (select $1::text as project_id) p left join event_feeds f on f.project_id = p.project_id
   left join lateral (
     select e.event_id, e.webhook_id, e.project_id, e.bucket, e.customer_id, e.revision, e.type, e.occurred_at, e.position,
       e.body from events e where e.project_id = $1 and e.position > greatest($2, f.forgotten_position)
       and ($3::text[] is null or e.type = any($3)) and e.body is not null order by e.position limit $4) e on true
   order by e.position`,
)
const FORGET = statement(
  'events.forget_bodies',
  `update events e set body = null from (
     select bucket, customer_id, event_id from events
     where project_id = $1 and position > $2 order by position limit $3) eldest
   where e.bucket = eldest.bucket and e.customer_id = eldest.customer_id and e.event_id = eldest.event_id
     and e.relayed_at < $4 returning e.position`,
)
const FORGOTTEN = statement(
  'event_feeds.lock',
  'select forgotten_position as forgotten from event_feeds where project_id = $1 for update',
)
const SET_FORGOTTEN = statement(
  'event_feeds.set_forgotten',
  'update event_feeds set forgotten_position = $2 where project_id = $1',
)
const TELLS = statement(
  'projects.tells_api_events',
  'select tells_api_events as "isOn" from projects where project_id = $1',
)
const SET_TELLS = statement(
  'projects.set_tells_api_events',
  'update projects set tells_api_events = $2 where project_id = $1',
)

export function eventFeedReads(query: Query): EventFeedReads {
  return {
    async page(projectId, { after, limit, types }) {
      const rows = await query<PageRow>(PAGE, [projectId, after, types, limit + 1])
      const events = rows.flatMap((row) => (row.event_id === null ? [] : [relayedFromRow(row)]))
      return {
        events: events.slice(0, limit),
        hasMore: events.length > limit,
        forgottenPosition: rows[0]?.forgotten_position ?? 0,
        lastPosition: rows[0]?.last_position ?? 0,
      }
    },
    async tellsApiEvents(projectId) {
      const [row] = await query<{ isOn: boolean }>(TELLS, [projectId])
      return row?.isOn === true
    },
  }
}

export function eventFeedRows(query: Query): TxEventFeed {
  return {
    async forgetBefore(projectId, relayedBefore, limit) {
      const [row] = await query<{ forgotten: number }>(FORGOTTEN, [projectId])
      if (row === undefined) return 0
      const { forgotten } = row
      const dropped = await query<{ position: number }>(FORGET, [projectId, forgotten, limit, timeOf(relayedBefore)])
      const reached = dropped.reduce((furthest, { position }) => Math.max(furthest, position), forgotten)
      if (reached > forgotten) await query(SET_FORGOTTEN, [projectId, reached])
      return dropped.length
    },
    async setTellsApiEvents(projectId, isOn) {
      await query(SET_TELLS, [projectId, isOn])
    },
  }
}

function relayedFromRow(row: Row): RelayedEvent {
  return {
    eventId: row.event_id,
    webhookId: row.webhook_id.toUpperCase(),
    projectId: row.project_id,
    customer: { projectId: row.project_id, bucket: row.bucket, customerId: row.customer_id },
    revision: row.revision,
    type: row.type,
    ...addressOfBody(row.body),
    occurredAt: row.occurred_at,
    position: row.position,
    body: row.body,
  }
}
