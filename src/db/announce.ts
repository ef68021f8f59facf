import type { CustomerChange, DomainEvent } from '../core/events/event.ts'

/** Tells the rest of the process what a transaction changed, with the facts that it wrote. */
export type Announce = (change: CustomerChange, events: readonly DomainEvent[]) => void
