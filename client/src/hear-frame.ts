import { changeOf, seqOf } from './frame.ts'
import type { Effect, ListenerState, Live, Moment, Step } from './listener-state.ts'
import type { RealtimeFrame, Transport } from './realtime-options.ts'

/** The server speaks every 30 seconds on a line that stays open; more than two pings missed is a dead one. */
const SILENCE_MAX_MS = 75_000

/** How long one long poll waits at the server. Short enough for proxies that cut requests after half a minute. */
export const POLL_WAIT_MS = 25_000

/** A poll that has had no answer by then will have none. */
const POLL_SILENCE_MAX_MS = POLL_WAIT_MS + 15_000

/** Ids that are remembered. Doubles come close together: after a reconnect, or while two lines overlap. */
const SEEN_MAX = 256

/** Part of a token's life that is left when it is renewed, and the most that is. */
const RENEW_SHARE = 0.2
const RENEW_MAX_MS = 60_000
/** However short a token lives, and whatever the clocks say. */
const RENEW_MIN_MS = 1_000

/** How long a line may be silent without being dead. */
function silenceMaxMs(transport: Transport | undefined): number {
  return transport === 'poll' ? POLL_SILENCE_MAX_MS : SILENCE_MAX_MS
}

/** A sign of life of the live line. */
export function heard(state: ListenerState, live: Live, { now }: Moment): ListenerState {
  const deadlineAt = now + silenceMaxMs(state.transports[live.rung])
  return { ...state, live: { ...live, heardAt: now, deadlineAt } }
}

/** The greeting that makes an attempt the live line, in place of the one that there may be. */
export function greeted(state: ListenerState, frame: RealtimeFrame, moment: Moment): Step {
  const { attempt, live } = state
  if (attempt === null) return { state, effects: [] }
  const { now } = moment
  const { line, rung } = attempt
  const deadlineAt = now + silenceMaxMs(state.transports[rung])
  const opened: Live = { line, rung, sinceAt: now, heardAt: now, deadlineAt, retryAfterMs: null }
  const left: Effect[] = live === null ? [] : [{ type: 'drop', line: live.line }]
  const usableUntil = usableUntilOf(state, frame, now)
  const current: ListenerState = {
    ...state,
    attempt: null,
    live: opened,
    rung,
    session: state.session === null ? null : { ...state.session, usableUntil },
    renewAt: usableUntil,
    climbAt: rung === 0 ? null : now + state.climbWaitMs,
    rungFailures: rung === state.rung ? state.rungFailures : 0,
  }
  const seq = seqOf(frame.data) ?? 0
  // A line that took over from a live one has a gap only where the revisions differ.
  const isWithoutGap = live !== null && seq === state.cursor
  const step = isWithoutGap ? { state: current, effects: [] } : readAgain(current, seq)
  return { ...step, effects: [...left, ...step.effects, ...subscription(step.state, line, frame)] }
}

/** Any other frame of the live line. */
export function heardFrame(state: ListenerState, live: Live, frame: RealtimeFrame, moment: Moment): Step {
  const current = heard(state, live, moment)
  const told = changeOf(frame)
  if (told !== null) return changed(current, told)
  switch (frame.event) {
    case 'connected': {
      // Every answer of a poll begins with one. A lower revision is that of another customer, after a merge.
      const seq = seqOf(frame.data)
      return seq !== null && seq < (state.cursor ?? 0) ? readAgain(current, seq) : { state: current, effects: [] }
    }
    case 'ping':
      return { state: current, effects: [{ type: 'send', line: live.line, frame: { v: 1, op: 'pong' } }] }
    case 'going_away': {
      const retryAfterMs = Number(frame.data.retry_after_ms)
      const going = Number.isFinite(retryAfterMs) ? retryAfterMs : null
      return { state: { ...current, live: { ...live, retryAfterMs: going } }, effects: [] }
    }
    default: {
      const seq = seqOf(frame.data)
      return { state: seq === null ? current : { ...current, cursor: Math.max(seq, current.cursor ?? 0) }, effects: [] }
    }
  }
}

function changed(state: ListenerState, { id, change }: NonNullable<ReturnType<typeof changeOf>>): Step {
  if (state.seen.includes(id)) return { state, effects: [] }
  const seen = [...state.seen.slice(-(SEEN_MAX - 1)), id]
  const cursor = Math.max(change.seq, state.cursor ?? 0)
  return { state: { ...state, seen, cursor }, effects: [{ type: 'tell', change }] }
}

/** Everything is to be read again, so everything up to this revision counts as told, even if it is a lower one. */
function readAgain(state: ListenerState, seq: number): Step {
  const change = { kind: 'all', seq, cause: 'connected', currency: null } as const
  return { state: { ...state, cursor: seq }, effects: [{ type: 'tell', change }] }
}

/** Asks for what comes after the revision that has just been told of. Only a WebSocket can ask; the others did before. */
function subscription(state: ListenerState, line: number, { data }: RealtimeFrame): Effect[] {
  const rung = state.live?.rung ?? 0
  if (state.transports[rung] !== 'websocket' || !Array.isArray(data.topics) || data.topics.length === 0) return []
  return [{ type: 'send', line, frame: { v: 1, op: 'subscribe', topics: data.topics, cursor: state.cursor } }]
}

/**
 * Until when the session can be used, by this client's clock: clocks of phones are off by hours, so the life that is
 * left is told by the server's clock, which the greeting shows.
 */
function usableUntilOf({ session }: ListenerState, { data }: RealtimeFrame, now: number): number | null {
  const serverNow = Date.parse(String(data.server_time))
  if (session === null || session.expiresAt === null || Number.isNaN(serverNow)) return null
  const leftMs = session.expiresAt - serverNow
  return now + Math.max(RENEW_MIN_MS, leftMs - Math.min(RENEW_MAX_MS, leftMs * RENEW_SHARE))
}
