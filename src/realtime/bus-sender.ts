import type { CustomerChange } from '../core/events/event.ts'
import { messageToWire } from './bus-message.ts'
import type { BusMetrics } from './bus-metrics.ts'
import { createBusOutbox, type Parcel } from './bus-outbox.ts'
import type { BusLine } from './redis-line.ts'

/** Messages that wait for their answer. A connection that hangs must not gather all that happens meanwhile. */
const IN_FLIGHT_MAX = 16

/** Sends what the other processes are to be told, without ever making anybody wait. */
export type BusSender = {
  /** Sends a change soon, together with others of the same moment. */
  add(change: CustomerChange): void
  /** Sends what waits, if there is a connection. */
  send(): void
  /** The same without the bound on messages that wait for their answer: nothing more will be added. */
  sendAll(): void
}

/** Makes the sender of one process. What cannot be sent is dropped and counted, and the loss itself is told later. */
export function createBusSender(line: BusLine, processId: string, metrics: BusMetrics): BusSender {
  const outbox = createBusOutbox()
  let inFlight = 0
  let isDue = false
  const deliver = async (parcel: Parcel): Promise<void> => {
    const count = 'changes' in parcel ? parcel.changes.length : 0
    inFlight += 1
    try {
      await line.publish(messageToWire({ from: processId, ...parcel }))
      inFlight -= 1
      metrics.changes('published', count)
    } catch {
      inFlight -= 1
      metrics.changes('dropped', count)
      // Told with the next change or the next connection. At once, a server that refuses would be asked without end.
      outbox.owe()
      return
    }
    sendUpTo(IN_FLIGHT_MAX)
  }
  const sendUpTo = (inFlightMax: number): void => {
    while (inFlight < inFlightMax && line.isOpen()) {
      const parcel = outbox.take()
      if (parcel === null) return
      void deliver(parcel)
    }
  }
  return {
    add(change) {
      const dropped = outbox.add(change)
      if (dropped > 0) metrics.changes('dropped', dropped)
      if (isDue) return
      isDue = true
      setImmediate(() => {
        isDue = false
        sendUpTo(IN_FLIGHT_MAX)
      })
    },
    send: () => sendUpTo(IN_FLIGHT_MAX),
    sendAll: () => sendUpTo(Number.POSITIVE_INFINITY),
  }
}
