import type { CustomerRef } from '../../core/customers/customer.ts'
import type { EventType } from '../../core/events/event.ts'
import type { Delivery, DeliveryAttempt } from '../../core/webhooks/delivery.ts'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import type { RelayedEvent } from './relayed-events.ts'

/** The lane of a customer at an endpoint, claimed by one worker until the lease ends. */
export type Claim = {
  endpointId: string
  customer: Pick<CustomerRef, 'bucket' | 'customerId'>
  lease: number
}

/** The next event of a claimed lane. */
export type ClaimedDelivery = Claim & {
  position: number
  webhookId: string
  eventType: EventType
  occurredAt: number
  attemptCount: number
  /** Null when the feed keeps it no more. */
  body: string | null
}

/** What became of a claimed delivery. */
export type SettledDelivery = Claim & {
  position: number
  state: Delivery['state']
  attemptCount: number
  /** When a pending one is due again; null for others. */
  retryAt: number | null
  /** Added to the log; null when there was none that ended. */
  attempt: DeliveryAttempt | null
}

/** Which deliveries of an endpoint are wanted, the newest first. */
export type DeliveryQuestion = {
  endpointId: string
  state: Delivery['state'] | null
  eventType: EventType | null
  customer: Pick<CustomerRef, 'bucket' | 'customerId'> | null
  /** Only those before this position. */
  before: number | null
  limit: number
}

export type WebhookDeliveryReads = {
  /** Their logs are left out. */
  list(question: DeliveryQuestion): Promise<Array<Omit<Delivery, 'attempts'>>>
  get(endpointId: string, position: number): Promise<Delivery | null>
  /** How many customers have events that wait for an endpoint, counted up to a bound. */
  waitingCustomers(endpointId: string, max: number): Promise<number>
}

export type TxWebhookDeliveries = {
  /** Queues events of the feed for every endpoint that wants them, due at once. */
  enqueue(events: readonly RelayedEvent[]): Promise<void>
  /** Queues events for one endpoint as if they were new, those that it had before too. Their logs stay. */
  requeue(endpoint: WebhookEndpoint, events: readonly QueuedEvent[], now: number): Promise<void>
  /** Claims lanes that are due and answers the next event of each. What another process claims is passed over. */
  claim(bounds: {
    endpoint: Pick<WebhookEndpoint, 'endpointId' | 'projectId'>
    now: number
    leasedUntil: number
    limit: number
  }): Promise<ClaimedDelivery[]>
  /** Locks the lanes of claims, in the one order, and answers those claims that still hold. */
  lockClaims<One extends Claim>(claims: readonly One[]): Promise<One[]>
  /** Writes down what became of deliveries, and makes their lanes due for what comes next. */
  settle(settled: readonly SettledDelivery[], now: number): Promise<void>
  /** Deletes what happened before a time, at most `limit` of one endpoint. Answers how many. */
  forgetBefore(endpointId: string, occurredBefore: number, limit: number): Promise<number>
}

/** What the queue keeps of an event; `customer` orders it among others. */
export type QueuedEvent = Pick<RelayedEvent, 'customer' | 'position' | 'webhookId' | 'type' | 'occurredAt'>
