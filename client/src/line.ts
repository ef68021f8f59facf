import type { Ending, Session } from './listener-state.ts'
import type { Platform } from './platform.ts'
import type { RealtimeFrame } from './realtime-options.ts'

/** One connection to the server, whatever it is made of. */
export type Line = {
  /** Sends a frame, where the transport can. */
  send(frame: object): void
  /** Ends it. It tells nothing afterwards. */
  close(): void
}

/** Opens a line. It may tell of its end before this returns. */
export type OpenLine = (request: LineRequest) => Line

export type LineRequest = {
  readonly platform: Platform
  /** The server's public address without a slash at its end. */
  readonly base: string
  readonly session: Session
  readonly cursor: number | null
  frame(frame: RealtimeFrame): void
  pulse(): void
  ended(ending: Ending): void
}

/** An end without a code. */
export function lost(cause: unknown, isUnfit = false): Ending {
  const message = isUnfit ? 'the transport does not work here' : 'the line was lost'
  return { code: null, problem: { code: 'line_failed', message, status: null, cause }, retryAfterMs: null, isUnfit }
}

/** The end that a transport tells in the server's own words. */
export function closedWith(code: number | null): Ending {
  return { code, problem: null, retryAfterMs: null, isUnfit: false }
}
