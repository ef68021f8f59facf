import type { ServerResponse } from 'node:http'
import type { WebSocketServer } from 'ws'
import type { GatewayDeps } from './gateway-deps.ts'
import type { PollPace } from './poll-pace.ts'
import type { SessionIndex } from './session-index.ts'

/** What the connections of one gateway share. */
export type GatewayLife = {
  isDraining: boolean
  /** Connections whose token is being looked up. */
  opening: number
  server: WebSocketServer
  /** HTTP answers that carry a session: streams and polls. */
  answers: Set<ServerResponse>
  /** Polls that wait, and until when. */
  polls: Set<{ until: number; finish(): void }>
  pace: PollPace
  index: SessionIndex
  deps: GatewayDeps
}
