import type { WebSocket } from 'ws'
import type { Admission } from './admission.ts'
import { catchUp, enterSession, leaveSession } from './enter-session.ts'
import type { GatewayLife } from './gateway-life.ts'
import { handInput } from './hand-input.ts'
import { socketWire } from './socket-wire.ts'

/** Opens the session of a socket whose handshake is done. */
export function acceptSocket(life: GatewayLife, ws: WebSocket, admission: Admission): void {
  const { clock, logger } = life.deps
  // A broken frame or line is an error here and then a close; the close is what counts.
  ws.on('error', (error) => logger.debug({ err: error, userId: admission.token.userId }, 'a realtime socket broke'))
  const session = enterSession(life, socketWire(ws), admission)
  ws.on('message', (data: Buffer, isBinary) => {
    const now = clock.now()
    handInput(life, session, isBinary ? { type: 'binary', now } : { type: 'frame', text: data.toString('utf8'), now })
  })
  const pulse = (): void => handInput(life, session, { type: 'pulse', now: clock.now() })
  ws.on('ping', pulse)
  ws.on('pong', pulse)
  ws.on('close', () => leaveSession(life, session))
  void catchUp(life, session)
}
