import type { CustomerChange } from '../core/events/event.ts'
import { createListeners } from './listeners.ts'

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
  const listeners = createListeners<CustomerChange>(onListenerError)
  return { publish: listeners.tell, subscribe: listeners.add }
}
