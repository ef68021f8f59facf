import { type ChangeBus, createInProcessBus } from './bus.ts'
import { messageFromWire } from './bus-message.ts'
import type { BusMetrics } from './bus-metrics.ts'
import { createBusSender } from './bus-sender.ts'
import { createListeners } from './listeners.ts'
import type { OpenBusLine } from './redis-line.ts'

/** A bus between processes. Changes of this process reach its own listeners at once, whatever Redis does. */
export type RedisBus = ChangeBus & {
  /** Adds a listener for "changes may have been missed: compare revisions"; the answer takes it away again. */
  onLost(listener: () => void): () => void
  isConnected(): boolean
  /** Sends what is waiting, briefly, and ends the connection. */
  close(): Promise<void>
}

export type RedisBusDeps = {
  openLine: OpenBusLine
  /** Tells this process from others; a new one for each start. */
  processId: string
  onListenerError(error: unknown): void
  metrics: BusMetrics
}

/**
 * Tells changes to the other processes by Redis pub/sub. `publish` never waits: changes of one moment go out together,
 * and those that find no room or no connection are dropped and counted. Then this process, and by a message the others,
 * are told that changes were lost. Revisions are the truth, so that costs time and nothing else.
 */
export function createRedisBus({ openLine, processId, onListenerError, metrics }: RedisBusDeps): RedisBus {
  const local = createInProcessBus(onListenerError)
  const losses = createListeners<undefined>(onListenerError)
  const line = openLine({
    onMessage(text) {
      const message = messageFromWire(text)
      if (message === null) return metrics.changes('unreadable', 1)
      if (message.from === processId) return
      if ('lost' in message) return losses.tell(undefined)
      metrics.changes('received', message.changes.length)
      for (const change of message.changes) local.publish(change)
    },
    onOpen() {
      metrics.connected(true)
      // Whatever the others said until now was said without us.
      losses.tell(undefined)
      sender.send()
    },
    onDown: () => metrics.connected(false),
  })
  const sender = createBusSender(line, processId, metrics)
  return {
    publish(change) {
      local.publish(change)
      sender.add(change)
    },
    subscribe: local.subscribe,
    onLost: losses.add,
    isConnected: () => line.isOpen(),
    close() {
      sender.sendAll()
      return line.close()
    },
  }
}
