import type { CustomerChange } from '../core/events/event.ts'

/** Carries committed changes from who makes them to who tells clients. A hint: the customer's revision is the truth. */
export type ChangeBus = {
  /** Tells all listeners. Never throws. */
  publish(change: CustomerChange): void
  /** Adds a listener; the answer takes it away again. */
  subscribe(listener: ChangeListener): () => void
}

export type ChangeListener = (change: CustomerChange) => void

/** The bus of a server that is one process. A listener that throws is reported; publisher and other listeners go on. */
export function createInProcessBus(onListenerError: (error: unknown) => void): ChangeBus {
  const listeners = new Set<{ hear: ChangeListener }>()
  return {
    publish(change) {
      for (const listener of [...listeners]) {
        try {
          listener.hear(change)
        } catch (error) {
          report(onListenerError, error)
        }
      }
    },
    subscribe(hear) {
      const listener = { hear }
      listeners.add(listener)
      return () => {
        listeners.delete(listener)
      }
    },
  }
}

function report(onListenerError: (error: unknown) => void, error: unknown): void {
  try {
    onListenerError(error)
  } catch {
    // The change is committed. A broken reporter must not make its publisher look failed.
  }
}
