import type { Server } from 'node:http'
import { WebSocketServer } from 'ws'
import { SECOND_MS } from '../core/lib/clock.ts'
import { CLIENT_FRAME_MAX_BYTES } from './client-frame.ts'
import { CLOSE } from './close.ts'
import type { GatewayDeps } from './gateway-deps.ts'
import { deliverChange, type GatewayLife, handInput } from './gateway-life.ts'
import { handleUpgrade } from './handle-upgrade.ts'
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
  /** How many sessions are open now. */
  sessions(): number
  /** Refuses new sockets, closes all open ones with 1001 and waits until they are gone, a few seconds at most. */
  drain(): Promise<void>
}

/** Creates the WebSocket gateway. It listens to the bus and ticks until it is drained. */
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
  const life: GatewayLife = { isDraining: false, opening: 0, server, index: createSessionIndex(), deps }
  const stopListening = deps.bus.subscribe((change) => deliverChange(life, change))
  const stopTicking = deps.scheduler.every(TICK_MS, () => {
    for (const session of life.index.all()) handInput(life, session, { type: 'tick', now: deps.clock.now() })
  })
  return {
    attach(httpServer) {
      httpServer.on('upgrade', (request, socket, head) => {
        void handleUpgrade(life, request, socket, head)
      })
      // Node routes every offer of an upgrade to the listener above unless it is told which ones are meant.
      Object.assign(httpServer, { shouldUpgradeCallback: isWebSocketUpgrade })
    },
    sessions: () => life.index.size,
    drain() {
      stopListening()
      stopTicking()
      return drain(life)
    },
  }
}

async function drain(life: GatewayLife): Promise<void> {
  life.isDraining = true
  const gone = [...life.server.clients].map(
    (socket) => new Promise<void>((resolve) => socket.once('close', () => resolve())),
  )
  for (const session of life.index.all()) {
    handInput(life, session, { type: 'end', close: CLOSE.shutdown, now: life.deps.clock.now() })
  }
  await Promise.all(gone)
}
