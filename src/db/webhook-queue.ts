import { wantsEvent } from '../core/webhooks/webhook-endpoint.ts'
import type { QueuedEvent, TxWebhookDeliveries } from '../usecases/ports/webhook-deliveries.ts'
import { type Query, statement } from './statement.ts'
import { ENDPOINT_COLUMNS, type EndpointRow, endpointFromRow } from './webhook-endpoints.ts'
import { timeOf } from './wire-values.ts'

const ENDPOINTS = statement(
  'webhook_queue.endpoints',
  `select ${ENDPOINT_COLUMNS} from webhook_endpoints where project_id = any ($1::text[]) and state <> 'deleted'`,
)
/** Lanes first, in the one order of locks. What is under way goes on: who claimed it makes the lane due again. */
const LANES = statement(
  'webhook_queue.lanes',
  `insert into webhook_lanes as l (bucket, customer_id, endpoint_id, due_at)
   select bucket, customer_id, endpoint_id, min(due_at)
   from unnest($1::smallint[], $2::text[], $3::text[], $4::timestamptz[]) as q (bucket, customer_id, endpoint_id, due_at)
   group by bucket, customer_id, endpoint_id order by bucket, customer_id, endpoint_id
   on conflict (bucket, customer_id, endpoint_id) do update set due_at =
     case when l.due_at is null then excluded.due_at
       when $5::timestamptz is null or l.leased_until > $5 then l.due_at else least(l.due_at, $5) end`,
)
const DELIVERIES = statement(
  'webhook_queue.deliveries',
  `insert into webhook_deliveries (bucket, customer_id, endpoint_id, position, webhook_id, event_type, occurred_at)
   select * from unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::timestamptz[])
   on conflict (bucket, customer_id, endpoint_id, position)
   do update set state = 'pending', attempt_count = 0, settled_at = null`,
)
const HAD = statement(
  'webhook_queue.had',
  `select bucket, customer_id, position from webhook_deliveries where endpoint_id = $1 and position = any ($2::bigint[])`,
)

type Queued = QueuedEvent & { endpointId: string }

export function webhookQueue(query: Query): Pick<TxWebhookDeliveries, 'enqueue' | 'requeue'> {
  /** `now`: null for events that are new, which do not hurry those before them. */
  const queue = async (queued: readonly Queued[], now: number | null): Promise<void> => {
    if (queued.length === 0) return
    const lanes = [
      queued.map(({ customer }) => customer.bucket),
      queued.map(({ customer }) => customer.customerId),
      queued.map(({ endpointId }) => endpointId),
    ]
    const times = queued.map(({ occurredAt }) => timeOf(occurredAt))
    await query(LANES, [...lanes, now === null ? times : times.map(() => timeOf(now)), timeOf(now)])
    await query(DELIVERIES, [
      ...lanes,
      queued.map(({ position }) => position),
      queued.map(({ webhookId }) => webhookId),
      queued.map(({ type }) => type),
      times,
    ])
  }
  return {
    async enqueue(events) {
      if (events.length === 0) return
      const projectIds = [...new Set(events.map(({ projectId }) => projectId))]
      const endpoints = (await query<EndpointRow>(ENDPOINTS, [projectIds])).map(endpointFromRow)
      const queued = endpoints.flatMap((endpoint) =>
        events
          .filter((event) => event.projectId === endpoint.projectId && wantsEvent(endpoint, event))
          .map((event) => ({ ...event, endpointId: endpoint.endpointId })),
      )
      await queue(queued, null)
    },
    async requeue({ endpointId }, events, now) {
      // An event that the endpoint had stays with the customer that it was queued for, whatever was merged since.
      const had = await query<{ bucket: number; customer_id: string; position: number }>(HAD, [
        endpointId,
        events.map(({ position }) => position),
      ])
      const before = new Map(had.map((row) => [row.position, { bucket: row.bucket, customerId: row.customer_id }]))
      const queued = events.map((event) => ({
        ...event,
        customer: { ...event.customer, ...before.get(event.position) },
        endpointId,
      }))
      await queue(queued, now)
    },
  }
}
