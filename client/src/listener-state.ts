import type { RealtimeChange, RealtimeFrame, RealtimeProblem, StopReason, Transport } from './realtime-options.ts'

/** A realtime session of the server. `usableUntil` is on this client's clock; null until a line has shown it. */
export type Session = {
  readonly token: string
  readonly socketUrl: string
  /** On the server's clock. Null when the server gave no readable time. */
  readonly expiresAt: number | null
  readonly usableUntil: number | null
}

/** A line that is being opened: first a session, then the transport, until the server's greeting. */
export type Attempt = {
  readonly line: number
  /** The place of its transport in the list. */
  readonly rung: number
  readonly stage: 'session' | 'opening'
  /** When it has taken too long. */
  readonly deadlineAt: number
}

/** A line that was greeted. */
export type Live = {
  readonly line: number
  readonly rung: number
  readonly sinceAt: number
  readonly heardAt: number
  /** When its silence means that it is dead. */
  readonly deadlineAt: number
  /** How long the server asked to stay away, when it said that it goes. */
  readonly retryAfterMs: number | null
}

/**
 * All that a listener knows. A renewed token and a better transport are tried while the old line goes on, so there may
 * be an attempt and a live line at once. With neither, it waits.
 */
export type ListenerState = {
  readonly transports: readonly Transport[]
  readonly attemptsMax: number
  readonly expectedUserId: string | null
  readonly lines: number
  readonly attempt: Attempt | null
  readonly live: Live | null
  readonly retryAt: number | null
  readonly attemptedAt: number
  /** Attempts in a row that led to no line that lasted. */
  readonly failures: number
  readonly session: Session | null
  /** The transport to use next, and how often it failed in a row. */
  readonly rung: number
  readonly rungFailures: number
  /** When to try for a better transport, how long to wait for the next try, and how many there were. */
  readonly climbAt: number | null
  readonly climbWaitMs: number
  readonly climbs: number
  /** When to replace the session of the live line. */
  readonly renewAt: number | null
  /** The highest revision that was told of. */
  readonly cursor: number | null
  /** Ids of the latest invalidations. */
  readonly seen: readonly string[]
  readonly stopped: StopReason | null
}

/** When something happens, and the chance that it uses, from 0 to 1. */
export type Moment = { readonly now: number; readonly chance: number }

export type Failure = {
  readonly problem: RealtimeProblem
  /** How long the server asked to wait. */
  readonly retryAfterMs: number | null
}

/** How a line ended: a close code where the transport has one. */
export type Ending = {
  readonly code: number | null
  readonly problem: RealtimeProblem | null
  readonly retryAfterMs: number | null
  /** Whether the transport can never work here, as opposed to not now. */
  readonly isUnfit: boolean
}

export type Input =
  | { readonly type: 'start' }
  | { readonly type: 'session'; readonly line: number; readonly session: Session }
  | { readonly type: 'sessionFailed'; readonly line: number; readonly failure: Failure }
  | { readonly type: 'frame'; readonly line: number; readonly frame: RealtimeFrame }
  /** A sign of life that is no frame. */
  | { readonly type: 'pulse'; readonly line: number }
  | { readonly type: 'ended'; readonly line: number; readonly ending: Ending }
  /** Time passed. */
  | { readonly type: 'tick' }
  /** There is reason to think that it would work now. */
  | { readonly type: 'wake' }
  /** There is reason to think that the live line is dead. */
  | { readonly type: 'doubt' }
  | { readonly type: 'stop'; readonly reason: StopReason }

export type Effect =
  | { readonly type: 'fetchSession'; readonly line: number }
  | {
      readonly type: 'open'
      readonly line: number
      readonly transport: Transport
      readonly session: Session
      readonly cursor: number | null
    }
  | { readonly type: 'send'; readonly line: number; readonly frame: object }
  /** Gives up a line, or the request for its session. */
  | { readonly type: 'drop'; readonly line: number }
  | { readonly type: 'tell'; readonly change: RealtimeChange }
  | { readonly type: 'report'; readonly problem: RealtimeProblem }

export type Step = { readonly state: ListenerState; readonly effects: readonly Effect[] }

/** A listener before its start. */
export function newListener(settings: {
  transports: readonly Transport[]
  attemptsMax: number
  expectedUserId: string | null
}): ListenerState {
  return {
    ...settings,
    lines: 0,
    attempt: null,
    live: null,
    retryAt: null,
    attemptedAt: 0,
    failures: 0,
    session: null,
    rung: 0,
    rungFailures: 0,
    climbAt: null,
    climbWaitMs: CLIMB_FIRST_MS,
    climbs: 0,
    renewAt: null,
    cursor: null,
    seen: [],
    stopped: null,
  }
}

/** First wait before a better transport is tried again. A network that blocks it will mostly go on to. */
export const CLIMB_FIRST_MS = 60_000

/** The close code for a token that has expired or was revoked. */
export const TOKEN_EXPIRED = 4001
