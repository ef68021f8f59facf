import type { ChainKey } from '../core/incoming/envelope.ts'
import { bucketOf } from '../core/lib/bucket.ts'
import type { Store } from '../core/projects/project.ts'
import type { Environment } from '../core/purchases/purchase.ts'
import type {
  IncomingEvent,
  IncomingReads,
  IncomingRef,
  IncomingStatus,
  IncomingSummary,
  TxIncoming,
} from '../usecases/ports/incoming.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

/**
 * Events of one chain that are read. A subscription that renews every five minutes in a store's sandbox ends after a dozen;
 * a weekly one has a few hundred in its life.
 */
const CHAIN_MAX = 5_000
const TRANSFERS_MAX = 1_000

type Row = {
  project_id: string
  event_id: string
  type: string
  store: Store | null
  environment: Environment | null
  chain_id: string | null
  app_user_id: string | null
  told_at: number
  received_at: number
  body: unknown
  status: IncomingStatus
  attempts: number
}

const COLUMNS = `project_id, event_id, type, store, environment, chain_id, app_user_id, told_at, received_at, body, status,
  attempts`
const DUE = statement(
  'incoming_events.due',
  `select ${COLUMNS} from incoming_events where due_at <= $1 order by due_at, told_at limit $2`,
)
const IN_STATUS = statement(
  'incoming_events.in_status',
  `select project_id as "projectId", event_id as "eventId", type, told_at as "toldAt", received_at as "receivedAt",
   app_user_id as "appUserId", status, attempts, outcome, problem from incoming_events
   where project_id = $1 and status = $2 order by told_at desc, event_id limit $3`,
)
const INSERT = statement(
  'incoming_events.insert',
  `insert into incoming_events (bucket, project_id, event_id, type, store, environment, chain_id, app_user_id, transferred_from,
   told_at, received_at, body, status, due_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'pending', $11) on conflict do nothing returning 1`,
)
const CHAIN = statement(
  'incoming_events.chain',
  `select ${COLUMNS} from incoming_events where project_id = $1 and chain_id = $2 and store = $3 and environment = $4
   order by told_at, event_id limit $5 for update`,
)
const TRANSFERS = statement(
  'incoming_events.transfers',
  `select ${COLUMNS} from incoming_events where transferred_from && $2::text[] and project_id = $1
   order by told_at, event_id limit $3`,
)
const SETTLE = statement(
  'incoming_events.settle',
  `update incoming_events set status = $4, outcome = $5, problem = $6, attempts = $7, due_at = $8, settled_at = $9
   where bucket = $1 and project_id = $2 and event_id = $3`,
)
const REOPEN_NAMED = statement(
  'incoming_events.reopen',
  `update incoming_events set status = 'pending', attempts = 0, due_at = $3 where project_id = $1 and event_id = any($2::text[])
   and status in ('parked', 'ignored') returning 1`,
)
const REOPEN_PARKED = statement(
  'incoming_events.reopen_parked',
  `update incoming_events set status = 'pending', attempts = 0, due_at = $2 where project_id = $1 and status = 'parked'
   returning 1`,
)

export function incomingReads(query: Query): IncomingReads {
  return {
    due: async (now, limit) => (await query<Row>(DUE, [timeOf(now), limit])).map(eventFromRow),
    inStatus: (projectId, status, limit) => query<IncomingSummary>(IN_STATUS, [projectId, status, limit]),
  }
}

export function incomingRows(query: Query): TxIncoming {
  return {
    async insert(event) {
      const inserted = await query(INSERT, [
        ...refValues(event),
        event.type,
        event.chain?.store ?? null,
        event.chain?.environment ?? null,
        event.chain?.chainId ?? null,
        event.appUserId,
        event.transferredFrom,
        timeOf(event.toldAt),
        timeOf(event.receivedAt),
        event.bodyText,
      ])
      return inserted.length === 1
    },
    async lockChain(projectId, { chainId, store, environment }) {
      const rows = await query<Row>(CHAIN, [projectId, chainId, store, environment, CHAIN_MAX])
      if (rows.length === CHAIN_MAX) throw new Error(`a chain of purchases has ${CHAIN_MAX} events or more`)
      return rows.map(eventFromRow)
    },
    async transfersFrom(projectId, names) {
      return (await query<Row>(TRANSFERS, [projectId, names, TRANSFERS_MAX])).map(eventFromRow)
    },
    async settle(ref, { status, outcome, problem, attempts, dueAt }, now) {
      await query(SETTLE, [...refValues(ref), status, outcome, problem, attempts, timeOf(dueAt), timeOf(now)])
    },
    async reopen(projectId, eventIds, now) {
      const reopened =
        eventIds === null
          ? await query(REOPEN_PARKED, [projectId, timeOf(now)])
          : await query(REOPEN_NAMED, [projectId, eventIds, timeOf(now)])
      return reopened.length
    },
  }
}

function refValues({ projectId, eventId }: IncomingRef): unknown[] {
  return [bucketOf(projectId, eventId), projectId, eventId]
}

function eventFromRow(row: Row): IncomingEvent {
  const { project_id, event_id, type, app_user_id, told_at, received_at, body, status, attempts } = row
  return {
    projectId: project_id,
    eventId: event_id,
    type,
    toldAt: told_at,
    receivedAt: received_at,
    appUserId: app_user_id,
    chain: chainFromRow(row),
    body,
    status,
    attempts,
  }
}

function chainFromRow({ store, environment, chain_id }: Row): ChainKey | null {
  return store === null || environment === null || chain_id === null ? null : { store, environment, chainId: chain_id }
}
