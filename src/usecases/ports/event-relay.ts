import type { Catalog } from '../../core/catalog/catalog.ts'
import type { CustomerRef } from '../../core/customers/customer.ts'
import type { EventType } from '../../core/events/event.ts'
import type { Store } from '../../core/projects/project.ts'
import type { Environment } from '../../core/purchases/purchase.ts'
import type { EventPerson } from '../../core/webhooks/event-facts.ts'
import type { RelayedEvent } from './relayed-events.ts'

/** An event of the outbox that was not yet relayed. `customer` is who it was written for, before any merge since. */
export type WaitingEvent = {
  eventId: string
  customer: CustomerRef
  revision: number
  /** Place among the events of its transaction. */
  ordinal: number
  type: EventType
  occurredAt: number
  data: Readonly<Record<string, unknown>>
}

/** Who an event is about now: `customer` after all merges. */
export type FoundPerson = EventPerson & { customer: CustomerRef }

/** Where the charge of an event was made, and for what. */
export type EventCharge = { appId: string; store: Store; environment: Environment; productId: string }

/** A charge as events name it: who has the purchase, and which of its transactions is meant. */
export type ChargeQuestion = { customer: CustomerRef; purchaseId: string; storeTransactionId: string | null }

/** What moves events from the outbox to the feed. */
export type TxEventRelay = {
  /** Makes this the only relay until the end of the transaction; false when another one is at it. */
  claim(): Promise<boolean>
  /**
   * What waits, for the customers of the `events` eldest: of each the first `perCustomer`, in their order. No later event
   * of a customer is among them when an earlier one is not.
   */
  waiting(bounds: { events: number; perCustomer: number }): Promise<WaitingEvent[]>
  /** Who is behind customers, by the id asked for. Those who were erased are missing. */
  people(refs: readonly CustomerRef[]): Promise<Map<string, FoundPerson>>
  /** What a project sells now, not from any cache. */
  catalog(projectId: string): Promise<Catalog>
  /** The charges in the order of the questions; null where the purchase is not the customer's. */
  charges(questions: readonly ChargeQuestion[]): Promise<Array<EventCharge | null>>
  /** Those of the events that are in a project's feed already. */
  told(projectId: string, eventIds: readonly string[]): Promise<Set<string>>
  /** Lengthens a project's feed and answers the first of the new positions. */
  takePositions(projectId: string, count: number): Promise<number>
  /** Puts events where they were given their positions. */
  publish(events: ReadonlyArray<{ waiting: WaitingEvent; relayed: RelayedEvent }>, now: number): Promise<void>
  /** Lets events wait no longer without telling them. */
  passOver(events: readonly WaitingEvent[], now: number): Promise<void>
}

/** What tidies the feed and sets what is told. */
export type TxEventFeed = {
  /** Drops bodies that were relayed before a time, at most `limit` of one project. Answers how many. */
  forgetBefore(projectId: string, relayedBefore: number, limit: number): Promise<number>
  /** Whether changes of balances by an operator or an API are told. Holds for what comes next. */
  setTellsApiEvents(projectId: string, isOn: boolean): Promise<void>
}

export type FeedQuestion = {
  /** Only what comes after this position; 0 begins at the oldest that is kept. */
  after: number
  limit: number
  /** Only these types; null for all. */
  types: readonly EventType[] | null
}

/** `forgottenPosition`: up to it, bodies are no longer kept. `lastPosition`: the end of the feed, 0 while it is empty. */
export type FeedPage = { events: RelayedEvent[]; hasMore: boolean; forgottenPosition: number; lastPosition: number }

export type EventFeedReads = {
  /** A part of a project's feed, in its order. `customer` of an event is who it was written for, before any merge. */
  page(projectId: string, question: FeedQuestion): Promise<FeedPage>
  tellsApiEvents(projectId: string): Promise<boolean>
}
