import type { ChainType } from './envelope.ts'

/**
 * What comes first of events that were told in the same millisecond: a charge before what befalls it, and its end last but
 * for what undoes it.
 */
const RANKS: Readonly<Record<ChainType | 'TRANSFER', number>> = {
  TEMPORARY_ENTITLEMENT_GRANT: 0,
  INITIAL_PURCHASE: 1,
  NON_RENEWING_PURCHASE: 1,
  RENEWAL: 2,
  PRODUCT_CHANGE: 3,
  BILLING_ISSUE: 4,
  SUBSCRIPTION_PAUSED: 4,
  CANCELLATION: 5,
  UNCANCELLATION: 6,
  SUBSCRIPTION_EXTENDED: 6,
  EXPIRATION: 7,
  REFUND_REVERSED: 8,
  TRANSFER: 9,
}

type Told = { eventId: string; toldAt: number; type: ChainType | 'TRANSFER' }

/** Each event once, the earliest told first. The same for every order in which the events are given. */
export function inToldOrder<Event extends Told>(events: readonly Event[]): Event[] {
  const once = new Map(events.map((event) => [event.eventId, event]))
  return [...once.values()].sort(
    (one, other) =>
      one.toldAt - other.toldAt || RANKS[one.type] - RANKS[other.type] || (one.eventId < other.eventId ? -1 : 1),
  )
}
