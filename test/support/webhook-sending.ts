import { bucketOf } from '../../src/core/lib/bucket.ts'
import { parseAllowedHosts } from '../../src/core/webhooks/destination.ts'
import type { WebhookEndpoint } from '../../src/core/webhooks/webhook-endpoint.ts'
import { statement } from '../../src/db/statement.ts'
import { createDispatcher } from '../../src/delivery/dispatcher.ts'
import { createPoster } from '../../src/delivery/post-pinned.ts'
import { createSender } from '../../src/delivery/send-webhook.ts'
import type { RelayedEvent } from '../../src/usecases/ports/relayed-events.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { createEndpoint, type EndpointFacts } from '../../src/usecases/webhooks/change-endpoints.ts'
import type { SettledAs } from '../../src/usecases/webhooks/settle-deliveries.ts'
import { testSecrets } from './demo.ts'
import type { World } from './world.ts'

const LOOPBACK = parseAllowedHosts('127.0.0.1')
if (!LOOPBACK.ok) throw new Error('loopback is an address')

/** What the receivers of tests are on. */
export const ALLOWED = LOOPBACK.value

/** A worker that looks only when the test says so, with real requests to receivers on loopback. */
export function startSending(
  ctx: Ctx,
  {
    timeoutMs = 60_000,
    resolve = async () => ['127.0.0.1'],
  }: { timeoutMs?: number; resolve?: () => Promise<string[]> } = {},
) {
  const poster = createPoster()
  const outcomes: SettledAs[] = []
  const turns: string[] = []
  const dispatcher = createDispatcher({
    ctx,
    send: createSender({ clock: ctx.clock, resolve, post: poster.post, allowed: ALLOWED, timeoutMs }),
    settled: (_outcome, as) => void outcomes.push(as),
    turned: (endpointId, isOpen) => void turns.push(`${isOpen ? 'opened' : 'closed'} ${endpointId}`),
    flushed: () => undefined,
    failed: (error) => {
      throw error
    },
  })
  return {
    ...dispatcher,
    outcomes,
    turns,
    close: poster.close,
    /** Sends what is due until nothing is, and answers what became of it. */
    async sendDue(): Promise<SettledAs[]> {
      outcomes.length = 0
      while ((await dispatcher.fill()) > 0) await dispatcher.idle()
      return [...outcomes]
    },
  }
}

export async function addEndpoint(
  ctx: Ctx,
  projectId: string,
  facts: Partial<EndpointFacts> & { url: string; secret?: string },
): Promise<WebhookEndpoint> {
  const doors = { secrets: testSecrets, allowed: ALLOWED }
  const all = { name: 'receiver', authorization: null, eventTypes: null, appId: null, environment: null, secret: null }
  const created = await createEndpoint(ctx, doors, { ...all, ...facts, projectId })
  if (!created.ok) throw new Error(`the endpoint was refused: ${JSON.stringify(created.refusal)}`)
  return created.value
}

const INSERT = statement(
  'test.insert_event',
  `insert into events (bucket, customer_id, event_id, project_id, revision, type, occurred_at, data, position, webhook_id,
     relayed_at, body) values ($1, $2, $3, $4, $5, $6, $7, '{}', $5, $8, $7, $9)`,
)

/** Puts events into the feed as the relay does. Customers need not exist: the queue only keeps them in order. */
export async function relay(
  world: Pick<World, 'ctx' | 'database'>,
  projectId: string,
  events: ReadonlyArray<{ customerId: string; position: number } & Partial<RelayedEvent>>,
): Promise<void> {
  const now = world.ctx.clock.now()
  const relayed = events.map((event): RelayedEvent => {
    const webhookId = `00000000-0000-8000-9000-${String(event.position).padStart(12, '0')}`
    const said = { type: event.type ?? 'RENEWAL', id: webhookId, about: event.customerId }
    return {
      eventId: `evnt${event.position}`,
      webhookId,
      projectId,
      customer: { projectId, bucket: bucketOf(projectId, event.customerId), customerId: event.customerId },
      revision: event.position,
      type: 'RENEWAL',
      appId: null,
      store: null,
      environment: null,
      occurredAt: now,
      body: JSON.stringify({ api_version: '1.0', event: said }),
      ...event,
    }
  })
  for (const event of relayed) {
    const { bucket, customerId } = event.customer
    const at = new Date(event.occurredAt).toISOString()
    const values = [
      bucket,
      customerId,
      event.eventId,
      projectId,
      event.position,
      event.type,
      at,
      event.webhookId,
      event.body,
    ]
    await world.database.query(INSERT, values)
  }
  await world.ctx.transaction<null, never>(async (tx) => {
    await tx.webhookDeliveries.enqueue(relayed)
    return { ok: true, value: null }
  })
}
