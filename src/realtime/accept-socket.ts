import type { WebSocket } from 'ws'
import type { RealtimeToken } from '../usecases/ports.ts'
import { CLOSE } from './close.ts'
import { type GatewayLife, handInput } from './gateway-life.ts'
import { type Session, type SessionOwner, startSession } from './session.ts'

/** A verified token with the customer behind it. */
export type Admission = { token: RealtimeToken; customerId: string; revision: number }

/** Opens the session of a socket whose handshake is done. It takes the place of an older one of the same device. */
export function acceptSocket(life: GatewayLife, ws: WebSocket, { token, customerId, revision }: Admission): void {
  const { deps, index } = life
  const { clock, metrics, logger } = deps
  const owner: SessionOwner = { projectId: token.projectId, userId: token.userId, deviceId: token.deviceId }
  replaceOlder(life, owner)
  // A broken frame or line is an error here and then a close; the close is what counts.
  ws.on('error', (error) => logger.debug({ err: error, userId: owner.userId }, 'a realtime socket broke'))
  const opening = { customerId, revision, topics: token.topics, expiresAt: token.expiresAt, now: clock.now() }
  const session = startSession(ws, owner, opening, metrics.envelopeSent)
  index.add(session)
  metrics.sessionsChanged(index.size)
  ws.on('message', (data: Buffer, isBinary) => {
    const now = clock.now()
    handInput(life, session, isBinary ? { type: 'binary', now } : { type: 'frame', text: data.toString('utf8'), now })
  })
  const pulse = (): void => handInput(life, session, { type: 'pulse', now: clock.now() })
  ws.on('ping', pulse)
  ws.on('pong', pulse)
  ws.on('close', () => {
    index.remove(session)
    metrics.sessionsChanged(index.size)
  })
  void catchUp(life, session)
}

function replaceOlder(life: GatewayLife, owner: SessionOwner): void {
  const older = life.index.ofDevice(owner)
  if (older === undefined) return
  handInput(life, older, { type: 'end', close: CLOSE.replaced, now: life.deps.clock.now() })
  life.index.remove(older)
}

/** A change committed between the look at the customer and the session's place in the index was told to nobody. */
async function catchUp(life: GatewayLife, session: Session): Promise<void> {
  const { deps } = life
  const { projectId, userId } = session.owner
  try {
    const customer = await deps.read.customers.findByAppUserId(projectId, userId)
    if (customer === null) return
    const { customerId, revision } = customer
    handInput(life, session, { type: 'revision', customerId, revision, now: deps.clock.now() })
  } catch (error) {
    deps.logger.error({ err: error, userId }, 'a new realtime session could not be brought up to date')
    handInput(life, session, { type: 'end', close: CLOSE.internalError, now: deps.clock.now() })
  }
}
