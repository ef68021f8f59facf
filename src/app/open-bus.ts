import { randomUUID } from 'node:crypto'
import type { Settings } from '../config/schema.ts'
import { type ChangeBus, createInProcessBus } from '../realtime/bus.ts'
import { createRedisBus } from '../realtime/redis-bus.ts'
import { redisLine } from '../realtime/redis-line.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'

export type OpenedBus = {
  bus: ChangeBus
  /** Adds a listener for "changes of other processes may have been missed". */
  onLost(listener: () => void): void
  /** Whether Redis is connected; null without one. */
  isConnected(): boolean | null
  close(): Promise<void>
}

/** Opens the bus over which changes reach the realtime clients of all processes, or of this one without Redis. */
export function openBus({
  settings,
  logger,
  metrics,
}: {
  settings: Settings
  logger: Logger
  metrics: Metrics
}): OpenedBus {
  const onListenerError = (error: unknown) => logger.error({ err: error }, 'a listener of changes failed')
  if (settings.redisUrl === undefined) {
    return {
      bus: createInProcessBus(onListenerError),
      onLost: () => undefined,
      isConnected: () => null,
      close: async () => undefined,
    }
  }
  const bus = createRedisBus({
    openLine: redisLine({
      url: settings.redisUrl,
      channel: `${settings.redisPrefix}:changes`,
      random: Math.random,
      logger,
    }),
    processId: randomUUID(),
    onListenerError,
    metrics: { changes: metrics.recordBusChanges, connected: metrics.setBusConnected },
  })
  return { bus, onLost: (listener) => void bus.onLost(listener), isConnected: bus.isConnected, close: bus.close }
}
