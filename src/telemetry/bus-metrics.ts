import { Counter, Gauge, type Registry } from 'prom-client'

/** The metrics of the bus between processes. They stay at zero in a server without one. */
export function busMetrics(registry: Registry) {
  const changes = new Counter({
    name: 'purser_realtime_bus_changes_total',
    help: 'Changes told to other processes and heard from them, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
  })
  const reconnects = new Counter({
    name: 'purser_realtime_bus_reconnects_total',
    help: 'How often the connection to Redis was found again.',
    registers: [registry],
  })
  const connected = new Gauge({
    name: 'purser_realtime_bus_connected',
    help: 'Whether Redis is connected (1) or not (0).',
    registers: [registry],
  })
  let wasConnected = false
  return {
    recordBusChanges: (outcome: string, count: number) => changes.inc({ outcome }, count),
    setBusConnected(isConnected: boolean) {
      connected.set(isConnected ? 1 : 0)
      if (isConnected && wasConnected) reconnects.inc()
      wasConnected ||= isConnected
    },
  }
}
