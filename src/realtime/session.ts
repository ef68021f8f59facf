import { CLOSE, type Close } from './close.ts'
import type { ServerFrame } from './envelope.ts'
import { openSession, type SessionInput, type SessionOpening, step } from './protocol.ts'
import { isWanting } from './published-state.ts'
import type { Step } from './session-state.ts'

/** Bytes that may wait for one client. Invalidations are small: who has this much waiting has stopped reading. */
export const BUFFERED_MAX_BYTES = 256 * 1024

export type Transport = 'websocket' | 'event_stream' | 'poll'

/** A connection as a session drives it. */
export type Wire = {
  readonly transport: Transport
  /** Bytes handed to `send` that the network has not taken yet. */
  readonly bufferedAmount: number
  /** Sends the frames of one moment, in order. */
  send(frames: readonly ServerFrame[]): void
  /** Asks for a sign of life below the protocol, where the transport has one. */
  probe(): void
  close(close: Close): void
}

/** Who a session belongs to. */
export type SessionOwner = { projectId: string; userId: string; deviceId: string }

/** Told what goes out and how a session ends. */
export type SessionObserver = {
  sent(frame: ServerFrame, now: number): void
  /** The client came back with a cursor. Told once. */
  resumed(): void
  ended(close: Close): void
}

/** One open connection with its protocol state. */
export type Session = {
  readonly owner: SessionOwner
  readonly tokenHash: string
  readonly wire: Pick<Wire, 'transport' | 'bufferedAmount'>
  /** The customer that the session listens to; a merge changes it. */
  customerId(): string
  /** The customer's revision as far as the session knows. */
  revision(): number
  /** Whether it has to be given the published messages before it tells anything more. */
  wantsPublished(): boolean
  handle(input: SessionInput): void
}

/** Opens a session on a wire and greets the client. */
export function startSession(
  wire: Wire,
  { tokenHash, ...owner }: SessionOwner & { tokenHash: string },
  opening: Omit<SessionOpening, 'userId'>,
  observer: SessionObserver,
): Session {
  const perform = ({ frames, isProbing, close }: Step, now: number): void => {
    if (frames.length > 0) wire.send(frames)
    for (const frame of frames) observer.sent(frame, now)
    if (isProbing) wire.probe()
    if (close === null) return
    observer.ended(close)
    wire.close(close)
  }
  const first = openSession({ ...opening, userId: owner.userId })
  let { state } = first
  perform(first, opening.now)
  return {
    owner,
    tokenHash,
    wire,
    customerId: () => state.customerId,
    revision: () => state.seq,
    wantsPublished: () => !state.isClosed && isWanting(state.published),
    handle(input) {
      const next = step(state, input)
      if (next.state.isResumed && !state.isResumed) observer.resumed()
      state = next.state
      perform(next, input.now)
      if (wire.bufferedAmount <= BUFFERED_MAX_BYTES) return
      const slow = step(state, { type: 'end', close: CLOSE.tooSlow, now: input.now })
      state = slow.state
      perform(slow, input.now)
    },
  }
}
