/** Those who want to be told something. */
export type Listeners<Value> = {
  /** Tells all of them. Never throws. */
  tell(value: Value): void
  /** Adds one; the answer takes it away again. */
  add(listener: (value: Value) => void): () => void
}

/** Keeps listeners. One that throws is reported; the teller and the other listeners go on. */
export function createListeners<Value>(onListenerError: (error: unknown) => void): Listeners<Value> {
  const listeners = new Set<{ hear: (value: Value) => void }>()
  return {
    tell(value) {
      for (const listener of [...listeners]) {
        try {
          listener.hear(value)
        } catch (error) {
          report(onListenerError, error)
        }
      }
    },
    add(hear) {
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
