import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { busMetrics } from './bus-metrics.ts'

it('a first connection is no reconnect, and what becomes of changes is counted apart', async () => {
  const registry = new Registry()
  const { recordBusChanges, setBusConnected } = busMetrics(registry)
  const shown = async () => (await registry.metrics()).split('\n').filter((line) => /^purser_/.test(line))
  setBusConnected(false)
  setBusConnected(true)
  expect(await shown()).toEqual(['purser_realtime_bus_reconnects_total 0', 'purser_realtime_bus_connected 1'])
  setBusConnected(false)
  setBusConnected(true)
  setBusConnected(false)
  recordBusChanges('published', 3)
  recordBusChanges('dropped', 2)
  expect(await shown()).toEqual([
    'purser_realtime_bus_changes_total{outcome="published"} 3',
    'purser_realtime_bus_changes_total{outcome="dropped"} 2',
    'purser_realtime_bus_reconnects_total 1',
    'purser_realtime_bus_connected 0',
  ])
})
