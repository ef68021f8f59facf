import type { CustomerRef } from '../customers/customer.ts'
import type { EventType } from '../events/event.ts'
import { MINUTE_MS } from '../lib/clock.ts'

/** How long after a failed attempt the next one follows; after the last one it is given up (RevenueCat, webhooks, retries). */
const RETRY_AFTER_MS = [5, 10, 20, 40, 80].map((minutes) => minutes * MINUTE_MS)

/** An event on its way to an endpoint. */
export type Delivery = {
  endpointId: string
  customer: Pick<CustomerRef, 'bucket' | 'customerId'>
  /** The place of the event in the feed of its project. */
  position: number
  /** The `id` in the body. */
  webhookId: string
  eventType: EventType
  occurredAt: number
  state: 'pending' | 'delivered' | 'given_up'
  /** Attempts that count, since it was queued last. */
  attemptCount: number
  /** The latest, the oldest first. */
  attempts: readonly DeliveryAttempt[]
  settledAt: number | null
}

/** Attempts that are kept of a delivery: those of two rounds. */
export const ATTEMPTS_KEPT = 12

/** One request and what came of it. */
export type DeliveryAttempt = {
  at: number
  durationMs: number
  /** The status of the answer; null when there was none. */
  status: number | null
  /** Why it failed, in words; null when it did not. */
  error: string | null
  /** Headers of the request, without credentials. */
  headers: Readonly<Record<string, string>>
  /** The beginning of the answer's body. */
  answer: string
  /** Whether the endpoint's circuit was open, so that a failure takes no retry away. */
  isProbe: boolean
}

/** Only 200 is a success; 201, 204 and redirects are failures (RevenueCat, webhooks). */
export const SUCCESS = 200

/** What follows from a failed attempt. */
export type AfterFailure = { state: 'pending'; retryAt: number } | { state: 'given_up' }

/** `attemptCount` includes the one that failed at `failedAt`. */
export function afterFailure(attemptCount: number, failedAt: number): AfterFailure {
  const pauseMs = RETRY_AFTER_MS[attemptCount - 1]
  return pauseMs === undefined ? { state: 'given_up' } : { state: 'pending', retryAt: failedAt + pauseMs }
}
