import type { Admission } from './admission.ts'
import { bringUpToDate } from './bring-up-to-date.ts'
import { CLOSE } from './close.ts'
import { isInvalidation, isPublished, PROTOCOL_VERSION } from './envelope.ts'
import type { GatewayLife } from './gateway-life.ts'
import { handInput } from './hand-input.ts'
import { type Session, type SessionObserver, type SessionOwner, startSession, type Wire } from './session.ts'

/** Opens the session of a connection and files it. It takes the place of an older one of the same device. */
export function enterSession(life: GatewayLife, wire: Wire, { token, ...admitted }: Admission): Session {
  const { deps, index, pace } = life
  const { projectId, userId, deviceId, tokenHash } = token
  const owner = { projectId, userId, deviceId, tokenHash }
  replaceOlder(life, owner)
  const opening = {
    ...admitted,
    topics: token.topics,
    expiresAt: token.expiresAt,
    isOneWay: wire.transport !== 'websocket',
    toldAt: wire.transport === 'poll' ? pace.toldAt(owner) : null,
    now: deps.clock.now(),
  }
  const session = startSession(wire, owner, opening, observerOf(life, owner, wire))
  index.add(session)
  countSessions(life, session)
  return session
}

/** Takes a session whose connection is gone out of the index. */
export function leaveSession(life: GatewayLife, session: Session): void {
  life.index.remove(session)
  countSessions(life, session)
}

/** Asks on behalf of a client that cannot send frames, in the words of one that can. */
export function resume(
  life: GatewayLife,
  session: Session,
  { topics, cursor }: { topics: readonly string[]; cursor: number | null },
): void {
  if (cursor === null && topics.length === 0) return
  const text = JSON.stringify({ v: PROTOCOL_VERSION, op: 'subscribe', topics, cursor })
  handInput(life, session, { type: 'frame', text, now: life.deps.clock.now() })
}

/**
 * What was committed between the look at the customer and the session's place in the index was told to nobody: a change,
 * or that the token was revoked.
 */
export async function catchUp(life: GatewayLife, session: Session): Promise<void> {
  try {
    await bringUpToDate(life, [session])
  } catch (error) {
    const { userId } = session.owner
    life.deps.logger.error({ err: error, userId }, 'a new realtime session could not be brought up to date')
    handInput(life, session, { type: 'end', close: CLOSE.internalError, now: life.deps.clock.now() })
  }
}

function replaceOlder(life: GatewayLife, owner: SessionOwner): void {
  const older = life.index.ofDevice(owner)
  if (older === undefined) return
  handInput(life, older, { type: 'end', close: CLOSE.replaced, now: life.deps.clock.now() })
  leaveSession(life, older)
}

function observerOf({ deps: { metrics }, pace }: GatewayLife, owner: SessionOwner, wire: Wire): SessionObserver {
  return {
    sent(frame, now) {
      metrics.envelopeSent(isPublished(frame) ? 'custom' : frame.event)
      if (!isInvalidation(frame)) return
      if (wire.transport === 'poll') pace.told(owner, now)
      // A replay does not know when the change happened, and a message may be told a day later.
      if (frame.data.cause !== 'replay' && !isPublished(frame))
        metrics.toldAfter(Math.max(0, now - Date.parse(frame.data.occurred_at)))
    },
    resumed: () => metrics.resumed(wire.transport),
    ended: ({ code }) => metrics.ended(code),
  }
}

function countSessions({ index, deps }: GatewayLife, { wire: { transport } }: Session): void {
  deps.metrics.sessionsChanged(transport, index.countOf(transport))
}
