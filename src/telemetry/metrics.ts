import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import { boundLabel } from './bounded-label.ts'
import { busMetrics } from './bus-metrics.ts'
import { type RealtimeMetrics, realtimeMetrics } from './realtime-metrics.ts'
import { type WebhookMetrics, webhookMetrics } from './webhook-metrics.ts'

/** One answered HTTP request. `route` is the pattern, such as `/v1/subscribers/:id`, never the path of one request. */
export type AnsweredRequest = {
  readonly surface: string
  readonly route: string
  readonly method: string
  readonly status: number
  readonly durationMs: number
}

/** What the process counts. Durations are given in milliseconds and exported in seconds, as Prometheus wants them. */
export type Metrics = {
  recordHttpRequest(request: AnsweredRequest): void
  /** Time a caller waited for a database connection. */
  recordDatabaseWait(waitMs: number): void
  /** How many wallet writes shared a database transaction. */
  recordGroup(size: number): void
  /** A request that was refused for an expected reason, by its machine-readable code. */
  recordRefusal(surface: string, code: string | number): void
  realtime: RealtimeMetrics
  /** What became of changes between processes: published, received, dropped, unreadable. */
  recordBusChanges(outcome: string, count: number): void
  /** Told at each connection of the bus between processes and at each loss of it. */
  setBusConnected(isConnected: boolean): void
  recordLedgerTransaction(kind: string): void
  recordPurchase(store: string, event: string): void
  /** A background push, by what became of it. */
  recordPush(outcome: string): void
  webhooks: WebhookMetrics
  recordJob(job: string, outcome: 'done' | 'failed' | 'skipped'): void
  /** All metrics in the Prometheus text format. */
  render(): Promise<string>
  /** The content type of `render`. */
  readonly contentType: string
}

/** From a cached read to a stalled request, in seconds. */
const HTTP_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** A free connection takes microseconds; more than a second is an outage. In seconds. */
const WAIT_BUCKETS = [0.0001, 0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5]

/** Writes in one group, up to the largest that may be set. */
const GROUP_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256]

const MS_PER_SECOND = 1_000

/** Creates the metrics of one process in a registry of their own, together with the usual process metrics. */
export function createMetrics(): Metrics {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const wait = new Histogram({
    name: 'purser_database_wait_seconds',
    help: 'Time spent waiting for a database connection.',
    buckets: WAIT_BUCKETS,
    registers: [registry],
  })
  const groups = new Histogram({
    name: 'purser_database_group_size',
    help: 'Wallet writes that shared a database transaction.',
    buckets: GROUP_BUCKETS,
    registers: [registry],
  })
  return {
    recordHttpRequest: httpRequests(registry),
    recordDatabaseWait: (waitMs) => wait.observe(waitMs / MS_PER_SECOND),
    recordGroup: (size) => groups.observe(size),
    recordRefusal: pairCounter(registry, 'purser_refusals_total', 'Requests refused for an expected reason.', [
      'surface',
      'code',
    ]),
    realtime: realtimeMetrics(registry),
    ...busMetrics(registry),
    recordLedgerTransaction: counter(
      registry,
      'purser_ledger_transactions_total',
      'Ledger transactions written.',
      'kind',
    ),
    recordPurchase: pairCounter(registry, 'purser_purchases_total', 'Purchase events processed.', ['store', 'event']),
    recordPush: counter(registry, 'purser_background_pushes_total', 'Background pushes tried.', 'outcome'),
    webhooks: webhookMetrics(registry),
    recordJob: pairCounter(registry, 'purser_jobs_total', 'Background jobs run.', ['job', 'outcome']),
    render: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function httpRequests(registry: Registry): Metrics['recordHttpRequest'] {
  const histogram = new Histogram({
    name: 'purser_http_request_duration_seconds',
    help: 'Time from the request line to the end of the answer.',
    labelNames: ['surface', 'route', 'method', 'status'],
    buckets: HTTP_BUCKETS,
    registers: [registry],
  })
  const routeLabel = boundLabel()
  // Finding a row by its labels costs more than counting in it, and every answer is counted.
  const rows = new Map<string, { observe(seconds: number): void }>()
  return ({ surface, route, method, status, durationMs }) => {
    const key = `${surface} ${method} ${status} ${routeLabel(route)}`
    let row = rows.get(key)
    if (row === undefined) {
      row = histogram.labels({ surface, route: routeLabel(route), method, status: String(status) })
      rows.set(key, row)
    }
    row.observe(durationMs / MS_PER_SECOND)
  }
}

function counter(registry: Registry, name: string, help: string, label: string): (value: string) => void {
  const counted = new Counter({ name, help, labelNames: [label], registers: [registry] })
  const bound = boundLabel()
  return (value) => counted.inc({ [label]: bound(value) })
}

function pairCounter(
  registry: Registry,
  name: string,
  help: string,
  labels: readonly [string, string],
): (first: string, second: string | number) => void {
  const counted = new Counter({ name, help, labelNames: [...labels], registers: [registry] })
  const boundFirst = boundLabel()
  const boundSecond = boundLabel()
  return (first, second) => counted.inc({ [labels[0]]: boundFirst(first), [labels[1]]: boundSecond(String(second)) })
}
