import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** What is told of webhooks that are sent. Durations are given in milliseconds. */
export type WebhookMetrics = {
  /** What became of an attempt: delivered, retried, given_up, postponed or released. */
  attempted(outcome: string): void
  /** How long after it happened an event was delivered. */
  deliveredAfter(lagMs: number): void
  /** How many endpoints get nothing but probes now. */
  setOpenCircuits(count: number): void
}

/** From a receiver next door to one that was down for hours, in seconds. */
const LAG_BUCKETS = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3_600, 10_800, 86_400]

const MS_PER_SECOND = 1_000

export function webhookMetrics(registry: Registry): WebhookMetrics {
  const registers = [registry]
  const attempts = new Counter({
    name: 'purser_webhook_attempts_total',
    help: 'Attempts to deliver an event to an endpoint.',
    labelNames: ['outcome'],
    registers,
  })
  const lag = new Histogram({
    name: 'purser_webhook_lag_seconds',
    help: 'Time from an event to its delivery.',
    buckets: LAG_BUCKETS,
    registers,
  })
  const circuits = new Gauge({
    name: 'purser_webhook_open_circuits',
    help: 'Endpoints that get nothing but probes, since they fail all the time.',
    registers,
  })
  return {
    attempted: (outcome) => attempts.inc({ outcome }),
    deliveredAfter: (lagMs) => lag.observe(lagMs / MS_PER_SECOND),
    setOpenCircuits: (count) => circuits.set(count),
  }
}
