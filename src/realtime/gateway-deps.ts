import type { Clock } from '../core/lib/clock.ts'
import type { CustomerReads, Reads } from '../usecases/ports.ts'
import type { TokenSecrets } from '../usecases/token-secrets.ts'
import type { ChangeBus } from './bus.ts'
import type { Scheduler } from './scheduler.ts'

/** All that the gateway needs of the world. */
export type GatewayDeps = {
  clock: Clock
  read: { customers: Pick<CustomerReads, 'findByAppUserId'>; realtimeTokens: Reads['realtimeTokens'] }
  secrets: Pick<TokenSecrets, 'hash'>
  bus: Pick<ChangeBus, 'subscribe'>
  scheduler: Scheduler
  /** A fresh id for an answer: 16 hexadecimal digits, as on every route. */
  newRequestId(): string
  logger: {
    debug(fields: object, message: string): void
    error(fields: object, message: string): void
  }
  metrics: { sessionsChanged(count: number): void; envelopeSent(event: string): void }
  /** Bounds that differ from `SOCKETS_MAX` and `SOCKETS_PER_USER_MAX`. */
  limits?: { sockets?: number; socketsPerUser?: number }
}
