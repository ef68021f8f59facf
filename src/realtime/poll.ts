import type { ServerResponse } from 'node:http'
import type { ConnectionRefusal } from '../usecases/realtime/connection-refusal.ts'
import { type Admission, admit } from './admission.ts'
import { catchUp, enterSession, leaveSession, resume } from './enter-session.ts'
import { cursorAfter, PROTOCOL_VERSION, type ServerFrame } from './envelope.ts'
import type { StreamWish } from './event-stream.ts'
import type { GatewayLife } from './gateway-life.ts'
import { type PollOutcome, pollWire } from './poll-wire.ts'

/** `waitMs`: how long to wait when there is nothing to tell; it is looked at once a second. */
export type PollWish = StreamWish & { waitMs: number }

/** `cursor` is the one for the next poll. `close` says that the session is over, as a socket's close would. */
export type PollAnswer = {
  v: number
  cursor: number
  frames: object[]
  close: { code: number; reason: string } | null
}

/**
 * One long poll: a session that ends with the first thing that it has to tell. Without a cursor there is nothing to
 * compare with, so the answer comes at once and says where to begin. Never rejects.
 */
export async function poll(
  life: GatewayLife,
  wish: PollWish,
  response: ServerResponse,
): Promise<PollAnswer | { refusal: ConnectionRefusal }> {
  const admitted = await admit(life, wish.token)
  if ('refusal' in admitted) return admitted
  // The caller may have gone while its token was looked up.
  if (response.destroyed) return { refusal: 'unavailable' }
  const { frames, close } = await wait(life, wish, admitted, response)
  const cursor = cursorAfter(frames) ?? wish.cursor ?? admitted.revision
  return { v: PROTOCOL_VERSION, cursor, frames: frames.map(withVersion), close }
}

function wait(life: GatewayLife, wish: PollWish, admitted: Admission, response: ServerResponse): Promise<PollOutcome> {
  return new Promise((resolve) => {
    const wire = pollWire((outcome) => {
      life.polls.delete(waiting)
      leaveSession(life, session)
      resolve(outcome)
    })
    const waiting = { until: life.deps.clock.now() + wish.waitMs, finish: () => wire.finish() }
    const session = enterSession(life, wire, admitted)
    life.answers.add(response)
    life.polls.add(waiting)
    response.once('close', () => {
      wire.finish()
      life.answers.delete(response)
    })
    if (wish.cursor === null) return wire.finish()
    resume(life, session, wish)
    void catchUp(life, session).then(() => {
      if (wish.waitMs === 0) wire.finish()
    })
  })
}

function withVersion({ event, data }: ServerFrame): object {
  return { v: PROTOCOL_VERSION, event, data }
}
