import type { CustomerRef } from '../../core/customers/customer.ts'
import type { EventType } from '../../core/events/event.ts'
import type { Store } from '../../core/projects/project.ts'
import type { Environment } from '../../core/purchases/purchase.ts'

/** An event as the outside gets it: its place in the feed of its project, and the body, which never changes again. */
export type RelayedEvent = {
  /** Purser's own id of the event. */
  eventId: string
  /** The `id` in the body: a UUID, the same however often the event is sent. */
  webhookId: string
  projectId: string
  /** Who it is about, after all merges. Events of one customer are told in the order of their positions. */
  customer: CustomerRef
  revision: number
  type: EventType
  /** Null when no app is involved, as for an entitlement that was granted by hand. */
  appId: string | null
  store: Store | 'promotional' | null
  /** Null when the event has none, as for a change of a balance by an operator. */
  environment: Environment | null
  occurredAt: number
  /** 1 and up within the project, without gaps. Whoever has seen a position never finds a smaller one later. */
  position: number
  /** The whole JSON text of the request: `{"api_version":"1.0","event":{...}}`. */
  body: string
}
