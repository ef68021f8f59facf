import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { boundLabel } from './bounded-label.ts'

/** What the realtime gateway counts. */
export type RealtimeMetrics = {
  /** How many sessions of a transport are connected now. */
  sessionsChanged(transport: string, count: number): void
  envelopeSent(event: string): void
  /** Time from a change to its envelope. */
  toldAfter(lagMs: number): void
  /** Bytes that wait for all clients together. */
  waiting(bytes: number): void
  resumed(transport: string): void
  /** The server ended a session with this close code. */
  ended(code: number): void
  /** How many sessions a comparison of revisions found behind. */
  swept(behind: number): void
}

/** From a change told at once to one that only the comparison of revisions brought, in seconds. */
const LAG_BUCKETS = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

const MS_PER_SECOND = 1_000

/** The close code of a client that does not read what it is sent, which is then dropped. */
const TOO_SLOW = 4008

export function realtimeMetrics(registry: Registry): RealtimeMetrics {
  const registers = [registry]
  const sessions = new Gauge({
    name: 'purser_realtime_sessions',
    help: 'Realtime sessions connected now.',
    labelNames: ['transport'],
    registers,
  })
  const lag = new Histogram({
    name: 'purser_realtime_lag_seconds',
    help: 'Time from a change to the message that tells of it, without replays.',
    buckets: LAG_BUCKETS,
    registers,
  })
  const waiting = new Gauge({
    name: 'purser_realtime_waiting_bytes',
    help: 'Bytes that wait for realtime clients to take them.',
    registers,
  })
  const counter = (name: string, help: string, ...labelNames: string[]) =>
    new Counter({ name, help, labelNames, registers })
  const envelopes = counter('purser_realtime_envelopes_total', 'Realtime messages sent.', 'event')
  const resumed = counter(
    'purser_realtime_resumed_total',
    'Realtime clients that came back with a cursor.',
    'transport',
  )
  const closes = counter('purser_realtime_closes_total', 'Realtime sessions that the server ended.', 'code')
  const slow = counter('purser_realtime_dropped_total', 'Realtime clients dropped because they did not read.')
  const behind = counter('purser_realtime_swept_total', 'Sessions that a comparison of revisions found behind.')
  const eventLabel = boundLabel()
  return {
    sessionsChanged: (transport, count) => sessions.set({ transport }, count),
    envelopeSent: (event) => envelopes.inc({ event: eventLabel(event) }),
    toldAfter: (lagMs) => lag.observe(lagMs / MS_PER_SECOND),
    waiting: (bytes) => waiting.set(bytes),
    resumed: (transport) => resumed.inc({ transport }),
    ended(code) {
      closes.inc({ code: String(code) })
      if (code === TOO_SLOW) slow.inc()
    },
    swept: (count) => behind.inc(count),
  }
}
