import { CLOSE } from './close.ts'
import { frameToWire, type ServerFrame } from './envelope.ts'
import { openSession, type SessionInput, type SessionOpening, step } from './protocol.ts'
import type { Step } from './session-state.ts'

/** Bytes that may wait for one client. Invalidations are small: who has this much waiting has stopped reading. */
export const BUFFERED_MAX_BYTES = 256 * 1024

/** The part of a WebSocket that a session drives. */
export type Wire = {
  /** Bytes handed to `send` that the network has not taken yet. */
  readonly bufferedAmount: number
  send(text: string): void
  ping(): void
  close(code: number, reason: string): void
}

/** Who a session belongs to. */
export type SessionOwner = { projectId: string; userId: string; deviceId: string }

/** One open socket with its protocol state. */
export type Session = {
  readonly owner: SessionOwner
  /** The customer that the session listens to; a merge changes it. */
  customerId(): string
  handle(input: SessionInput): void
}

/** Opens a session on a wire and greets the client. `envelopeSent` is told the event of each frame that goes out. */
export function startSession(
  wire: Wire,
  owner: SessionOwner,
  opening: Omit<SessionOpening, 'userId'>,
  envelopeSent: (event: ServerFrame['event']) => void,
): Session {
  const perform = ({ frames, isProbing, close }: Step): void => {
    for (const frame of frames) {
      wire.send(frameToWire(frame))
      envelopeSent(frame.event)
    }
    if (isProbing) wire.ping()
    if (close !== null) wire.close(close.code, close.reason)
  }
  const first = openSession({ ...opening, userId: owner.userId })
  let { state } = first
  perform(first)
  return {
    owner,
    customerId: () => state.customerId,
    handle(input) {
      const next = step(state, input)
      state = next.state
      perform(next)
      if (wire.bufferedAmount <= BUFFERED_MAX_BYTES) return
      const slow = step(state, { type: 'end', close: CLOSE.tooSlow, now: input.now })
      state = slow.state
      perform(slow)
    },
  }
}
