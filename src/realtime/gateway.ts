import type { Server, ServerResponse } from 'node:http'
import { WebSocketServer } from 'ws'
import { SECOND_MS } from '../core/lib/clock.ts'
import type { ConnectionRefusal } from '../usecases/realtime/connection-refusal.ts'
import { bringUpToDate } from './bring-up-to-date.ts'
import { CLIENT_FRAME_MAX_BYTES } from './client-frame.ts'
import { deliverChange } from './deliver-change.ts'
import { drain } from './drain.ts'
import { openEventStream, type StreamWish } from './event-stream.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import type { GatewayLife } from './gateway-life.ts'
import { handInput } from './hand-input.ts'
import { handleUpgrade } from './handle-upgrade.ts'
import { type PollAnswer, type PollWish, poll } from './poll.ts'
import { createPollPace } from './poll-pace.ts'
import { createRevisionSweep } from './revision-sweep.ts'
import { createSessionIndex } from './session-index.ts'
import { isWebSocketUpgrade, refuseUpgrade } from './upgrade-request.ts'

/** How long a client may take to answer a close before its connection is cut. Also the longest drain. */
const CLOSE_TIMEOUT_MS = 5 * SECOND_MS

/** Pieces of one client frame. Honest clients send one or two. */
const FRAGMENTS_MAX = 64

/** How often time is told to the sessions: as fine as the shortest interval of the protocol. */
const TICK_MS = SECOND_MS

export type Gateway = {
  /** Answers the WebSocket upgrades of a server. Requests that offer another upgrade stay ordinary requests. */
  attach(server: Server): void
  /** Opens a stream of server-sent events on an answer, which is taken only when nothing is refused. */
  openEventStream(wish: StreamWish, takeResponse: () => ServerResponse): Promise<ConnectionRefusal | null>
  /** Waits until there is something to tell. `response` is watched for the caller's going, not written to. */
  poll(wish: PollWish, response: ServerResponse): Promise<PollAnswer | { refusal: ConnectionRefusal }>
  /** How many sessions are open now. */
  sessions(): number
  /** Whether a customer has a session here. */
  isConnected(projectId: string, customerId: string): boolean
  /** Messages of the bus may have been lost: compares all sessions with the database within about a second. */
  compareSoon(): void
  /** Refuses newcomers, closes all sessions with 1012 and waits until they are gone, a few seconds at most. */
  drain(): Promise<void>
}

/** Creates the gateway of all transports. It listens to the bus and ticks until it is drained. */
export function createGateway(deps: GatewayDeps): Gateway {
  const options = {
    noServer: true,
    perMessageDeflate: false,
    maxPayload: CLIENT_FRAME_MAX_BYTES,
    maxFragments: FRAGMENTS_MAX,
    closeTimeout: CLOSE_TIMEOUT_MS,
  }
  const server = new WebSocketServer(options)
  server.on('wsClientError', (_error, socket) => refuseUpgrade(socket, 'invalid_upgrade', deps.newRequestId()))
  const life = newLife(server, deps)
  const sweep = sweepOf(life)
  const stopListening = deps.bus.subscribe((change) => deliverChange(life, change))
  const stopTicking = deps.scheduler.every(TICK_MS, () => {
    tick(life)
    sweep.tick(deps.clock.now())
  })
  return {
    attach(httpServer) {
      httpServer.on('upgrade', (request, socket, head) => {
        void handleUpgrade(life, request, socket, head)
      })
      // Node routes every offer of an upgrade to the listener above unless it is told which ones are meant.
      Object.assign(httpServer, { shouldUpgradeCallback: isWebSocketUpgrade })
    },
    openEventStream: (wish, takeResponse) => openEventStream(life, wish, takeResponse),
    poll: (wish, response) => poll(life, wish, response),
    sessions: () => life.index.size,
    isConnected: (projectId, customerId) => life.index.ofCustomer(projectId, customerId).length > 0,
    compareSoon: () => sweep.soon(),
    drain() {
      stopListening()
      stopTicking()
      return drain(life)
    },
  }
}

function newLife(server: WebSocketServer, deps: GatewayDeps): GatewayLife {
  const index = createSessionIndex()
  return {
    isDraining: false,
    opening: 0,
    server,
    answers: new Set(),
    polls: new Set(),
    pace: createPollPace(),
    index,
    deps,
  }
}

function tick(life: GatewayLife): void {
  const now = life.deps.clock.now()
  let waiting = 0
  for (const session of life.index.all()) {
    handInput(life, session, { type: 'tick', now })
    waiting += session.wire.bufferedAmount
  }
  life.deps.metrics.waiting(waiting)
  for (const poll of life.polls) if (now >= poll.until) poll.finish()
  life.pace.forgetOld(now)
}

function sweepOf(life: GatewayLife) {
  const { random, clock, metrics, logger } = life.deps
  const deps = {
    random,
    sessions: () => life.index.all(),
    compare: (sessions: Parameters<typeof bringUpToDate>[1]) => bringUpToDate(life, sessions),
    swept: metrics.swept,
    failed: (error: unknown) =>
      logger.error({ err: error }, 'revisions could not be compared; the next sweep tries again'),
  }
  return createRevisionSweep(deps, clock.now())
}
