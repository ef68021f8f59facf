import type { CustomerChange } from '../core/events/event.ts'
import { CHANGES_MAX } from './bus-message.ts'

/** Changes that wait for the connection: some seconds of a busy server. Beyond it, comparing revisions is cheaper. */
const WAITING_MAX = 2_000

/** What is to be sent next. */
export type Parcel = { changes: CustomerChange[] } | { lost: true }

/** What the other processes are still to be told. */
export type BusOutbox = {
  /** Adds a change. Answers how many had to be dropped for want of room. */
  add(change: CustomerChange): number
  /** Takes out the next parcel, which then is the caller's; null when there is nothing to tell. */
  take(): Parcel | null
  /** Something that was taken did not arrive: the others are to be told so. */
  owe(): void
}

/**
 * A queue with a bound. When it is full everything in it is dropped at once, because the word that changes were lost
 * makes the others compare all revisions, which covers every dropped change and all that came before it.
 */
export function createBusOutbox(): BusOutbox {
  let waiting: CustomerChange[] = []
  let isOwed = false
  return {
    add(change) {
      const dropped = waiting.length >= WAITING_MAX ? waiting.length : 0
      if (dropped > 0) {
        waiting = []
        isOwed = true
      }
      waiting.push(change)
      return dropped
    },
    take() {
      if (isOwed) {
        isOwed = false
        return { lost: true }
      }
      return waiting.length === 0 ? null : { changes: waiting.splice(0, CHANGES_MAX) }
    },
    owe() {
      isOwed = true
    },
  }
}
