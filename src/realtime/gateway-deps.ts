import type { Clock } from '../core/lib/clock.ts'
import type { PublishedReads } from '../usecases/ports/published.ts'
import type { RealtimeReads } from '../usecases/ports/realtime.ts'
import type { CustomerReads } from '../usecases/ports.ts'
import type { TokenSecrets } from '../usecases/token-secrets.ts'
import type { ChangeBus } from './bus.ts'
import type { Scheduler } from './scheduler.ts'
import type { Transport } from './session.ts'

/** All that the gateway needs of the world. */
export type GatewayDeps = {
  clock: Clock
  read: {
    customers: Pick<CustomerReads, 'findByAppUserId'>
    realtimeTokens: RealtimeReads
    published: PublishedReads
  }
  secrets: Pick<TokenSecrets, 'hash'>
  bus: Pick<ChangeBus, 'subscribe'>
  scheduler: Scheduler
  /** A number from 0 to 1, to spread what would otherwise happen everywhere at once. */
  random(): number
  /** A fresh id for an answer: 16 hexadecimal digits, as on every route. */
  newRequestId(): string
  logger: {
    debug(fields: object, message: string): void
    error(fields: object, message: string): void
  }
  metrics: GatewayMetrics
  /** Bounds that differ from `CONNECTIONS_MAX` and `CONNECTIONS_PER_USER_MAX`. */
  limits?: { sockets?: number; socketsPerUser?: number }
}

/** What the gateway counts. */
export type GatewayMetrics = {
  sessionsChanged(transport: Transport, count: number): void
  envelopeSent(event: string): void
  /** Time from a change to its envelope. */
  toldAfter(lagMs: number): void
  /** Bytes that wait for all clients together. */
  waiting(bytes: number): void
  /** A client came back with a cursor. */
  resumed(transport: Transport): void
  /** The server ended a session with this close code. */
  ended(code: number): void
  /** How many sessions were behind when revisions were compared. */
  swept(behind: number): void
}
