import type { CustomerChange } from '../core/events/event.ts'
import { SECOND_MS } from '../core/lib/clock.ts'
import type { PublishedView } from '../usecases/ports/published.ts'
import { isOwnTopic, TOPICS_MAX } from '../usecases/realtime/own-topics.ts'
import { startAnnouncements } from './announcements.ts'
import { adoptCustomer, applyChange, applyPublished, applyRevision, sendDue } from './apply-change.ts'
import { applyFrame } from './apply-frame.ts'
import { CLOSE, type Close } from './close.ts'
import type { ServerFrame } from './envelope.ts'
import { startPublished } from './published-state.ts'
import type { SessionState, Step } from './session-state.ts'

/** Time between two pings of the server. */
const PING_INTERVAL_MS = 30 * SECOND_MS

/** Silence after which a client counts as gone: two pings missed, and half an interval for a slow line. */
const SILENCE_MAX_MS = 75 * SECOND_MS

/** A client says a few words at connect and then listens; more than this within the window is a fault or an attack. */
export const FRAMES_MAX = 20
export const FRAMES_WINDOW_MS = 10 * SECOND_MS

/** What happens to a session. `now` is the time of the happening in epoch milliseconds. */
export type SessionInput =
  /** The text of one client frame. */
  | { type: 'frame'; text: string; now: number }
  /** A frame that is not text. */
  | { type: 'binary'; now: number }
  /** A sign of life below the protocol: a ping or pong of the WebSocket itself. */
  | { type: 'pulse'; now: number }
  /** Time passed. Given about once a second. */
  | { type: 'tick'; now: number }
  | { type: 'change'; change: CustomerChange; now: number }
  /** What was read of the customer: catches up with changes that the bus did not bring. */
  | { type: 'revision'; customerId: string; revision: number; now: number }
  /** All that is kept of published messages, read because the session wanted it. */
  | { type: 'published'; customerId: string; view: PublishedView; now: number }
  /** Somebody else decides that the session is over; `notice` is said before. */
  | { type: 'end'; close: Close; notice?: ServerFrame; now: number }

export type SessionOpening = {
  userId: string
  customerId: string
  /** Topics of the token. Those outside the user's namespace are dropped once more. */
  topics: readonly string[]
  revision: number
  /** What is kept of published messages. Left out where none are kept. */
  published?: PublishedView
  expiresAt: number
  /** Whether the client only listens; its silence then says nothing. */
  isOneWay?: boolean
  /** When the same device was last told something on a connection before this one. */
  toldAt?: number | null
  now: number
}

/** Opens a session: its first state and the `connected` frame. */
export function openSession(opening: SessionOpening): Step {
  const { userId, now, revision } = opening
  const topics = new Set(opening.topics.filter((topic) => isOwnTopic(userId, topic)).slice(0, TOPICS_MAX))
  const state: SessionState = {
    userId,
    customerId: opening.customerId,
    expiresAt: opening.expiresAt,
    topics,
    seq: revision,
    announcements: startAnnouncements(revision, opening.toldAt ?? null),
    published: startPublished(opening.published, revision),
    heardAt: now,
    pingedAt: now,
    frameTimes: [],
    isOneWay: opening.isOneWay ?? false,
    isResumed: false,
    isClosed: false,
  }
  const data = { user_id: userId, server_time: new Date(now).toISOString(), topics: [...topics], seq: revision }
  return { state, frames: [{ event: 'connected', data }], isProbing: false, close: null }
}

/** The whole protocol: what a session does with one input. Never throws; a closed session does nothing any more. */
export function step(state: SessionState, input: SessionInput): Step {
  if (state.isClosed) return quiet(state)
  if (input.type === 'end') {
    return { ...ended(state, input.close), frames: input.notice === undefined ? [] : [input.notice] }
  }
  if (input.now >= state.expiresAt) {
    return { ...ended(state, CLOSE.tokenExpired), frames: [{ event: 'auth_expired', data: {} }] }
  }
  switch (input.type) {
    case 'tick':
      return tick(state, input.now)
    case 'change':
      return applyChange(state, input.change, input.now)
    case 'revision':
      return input.customerId === state.customerId
        ? applyRevision(state, input.revision, input.now)
        : adoptCustomer(state, { ...input, cause: 'replay', currency: null, occurredAt: input.now }, input.now)
    case 'published':
      return applyPublished(state, input, input.now)
    default:
      return hear(state, input)
  }
}

type Heard = Extract<SessionInput, { type: 'frame' | 'binary' | 'pulse' }>

function hear(state: SessionState, input: Heard): Step {
  const { now } = input
  const frameTimes = [...state.frameTimes.filter((at) => at <= now && now - at < FRAMES_WINDOW_MS), now]
  if (frameTimes.length > FRAMES_MAX) return ended(state, CLOSE.tooManyFrames)
  const heard = { ...state, heardAt: now, frameTimes }
  if (input.type === 'pulse') return quiet(heard)
  if (input.type === 'frame') return applyFrame(heard, input.text, now)
  const message = 'Frames are text.'
  const frames = [{ event: 'error', data: { code: 'binary_not_supported', message } } as const]
  return { ...ended(heard, CLOSE.protocolError), frames }
}

function tick(state: SessionState, now: number): Step {
  if (!state.isOneWay && now - state.heardAt >= SILENCE_MAX_MS) return ended(state, CLOSE.idle)
  const due = sendDue(state, now)
  if (now - state.pingedAt < PING_INTERVAL_MS) return due
  return {
    ...due,
    state: { ...due.state, pingedAt: now },
    frames: [...due.frames, { event: 'ping', data: {} }],
    isProbing: true,
  }
}

function quiet(state: SessionState): Step {
  return { state, frames: [], isProbing: false, close: null }
}

function ended(state: SessionState, close: Close): Step {
  return { state: { ...state, isClosed: true }, frames: [], isProbing: false, close }
}
