import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Delivery } from '../../core/webhooks/delivery.ts'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import type { RelayedEvent } from '../ports/relayed-events.ts'
import type { DeliveryQuestion } from '../ports/webhook-deliveries.ts'
import type { Ctx } from '../ports.ts'
import type { EndpointName } from './change-endpoints.ts'

export type ReadRefusal =
  | { code: 'endpoint_not_found' }
  | { code: 'delivery_not_found' }
  /** Nobody has the id. */
  | { code: 'customer_not_found' }

/** Customers with something waiting are counted up to here: beyond it the number says "many". */
const WAITING_SHOWN_MAX = 10_000

type Read = Pick<Ctx, 'read'>

/** An endpoint, and how many customers have something waiting for it. */
export async function readEndpoint(
  { read }: Read,
  { projectId, endpointId }: EndpointName,
): Promise<Result<{ endpoint: WebhookEndpoint; waiting: number }, ReadRefusal>> {
  const endpoint = await read.webhookEndpoints.get(projectId, endpointId)
  if (endpoint === null) return refuse({ code: 'endpoint_not_found' })
  return ok({ endpoint, waiting: await read.webhookDeliveries.waitingCustomers(endpointId, WAITING_SHOWN_MAX) })
}

/** A page of the log of an endpoint, the newest events first. `next` is where the next page begins; null on the last. */
export async function listDeliveries(
  { read }: Read,
  input: EndpointName & { appUserId: string | null } & Omit<DeliveryQuestion, 'customer' | 'endpointId'>,
): Promise<Result<{ deliveries: Array<Omit<Delivery, 'attempts'>>; next: number | null }, ReadRefusal>> {
  const { projectId, appUserId, limit, ...question } = input
  const endpoint = await read.webhookEndpoints.get(projectId, input.endpointId)
  if (endpoint === null) return refuse({ code: 'endpoint_not_found' })
  const customer = appUserId === null ? null : await read.customers.findByAppUserId(projectId, appUserId)
  if (appUserId !== null && customer === null) return refuse({ code: 'customer_not_found' })
  const found = await read.webhookDeliveries.list({ ...question, customer, limit: limit + 1 })
  const deliveries = found.slice(0, limit)
  return ok({ deliveries, next: found.length > limit ? (deliveries.at(-1)?.position ?? null) : null })
}

/** One delivery with its attempts, and the body that is sent; null when that is kept no more. */
export async function readDelivery(
  { read }: Read,
  { projectId, endpointId, position }: EndpointName & { position: number },
): Promise<Result<{ delivery: Delivery; body: string | null }, ReadRefusal>> {
  const [endpoint, delivery, event] = await Promise.all([
    read.webhookEndpoints.get(projectId, endpointId),
    read.webhookDeliveries.get(endpointId, position),
    eventAt({ read }, projectId, position),
  ])
  if (endpoint === null) return refuse({ code: 'endpoint_not_found' })
  if (delivery === null) return refuse({ code: 'delivery_not_found' })
  return ok({ delivery, body: event?.body ?? null })
}

/** The event at a position of the feed; null when there is none, or when it is kept no more. */
export async function eventAt({ read }: Read, projectId: string, position: number): Promise<RelayedEvent | null> {
  const { events } = await read.eventFeed.page(projectId, { after: position - 1, limit: 1, types: null })
  const [event] = events
  return event?.position === position ? event : null
}
