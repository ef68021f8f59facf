import { backoffMs } from './backoff.ts'
import type { Effect, Ending, Failure, ListenerState, Live, Moment, Session, Step } from './listener-state.ts'
import { CLIMB_FIRST_MS, TOKEN_EXPIRED } from './listener-state.ts'

/** The app's token and the bootstrap: two calls over a slow network. */
const SESSION_MAX_MS = 20_000

/** A line that has not greeted by now never will: a proxy swallows it. */
const GREETING_MAX_MS = 8_000

/** How long a line must live to count as one that works. */
export const STABLE_MS = 5_000

/** Failures of a transport after which the next one is tried. One may be bad luck. */
const RUNG_FAILURES_MAX = 2

/** A server that asks for more is asked again after this. */
const RETRY_AFTER_MAX_MS = 5 * 60_000

/** Shortest time between two attempts that something outside asks for: a flapping network is no reason to flap along. */
const WAKE_SPACING_MS = 1_000

/** How long after a failed renewal the next one comes. The old line lives on meanwhile. */
const RENEW_AGAIN_MS = 15_000

const CLIMB_LONGEST_MS = 10 * 60_000

/** Begins to open a line, with the session at hand if it is still good. */
export function beginAttempt(state: ListenerState, rung: number, { now }: Moment): Step {
  const line = state.lines + 1
  const begun = { ...state, lines: line, retryAt: null, attemptedAt: now }
  const { session } = state
  const isUsable = session !== null && session.usableUntil !== null && session.usableUntil > now
  if (isUsable) return openLine(begun, line, rung, session, now)
  const attempt = { line, rung, stage: 'session', deadlineAt: now + SESSION_MAX_MS } as const
  return { state: { ...begun, session: null, attempt }, effects: [{ type: 'fetchSession', line }] }
}

/** Goes on with the session that was fetched. */
export function openLine(state: ListenerState, line: number, rung: number, session: Session, now: number): Step {
  const transport = state.transports[rung]
  if (transport === undefined) return { state: { ...state, stopped: 'unsupported', attempt: null }, effects: [] }
  const attempt = { line, rung, stage: 'opening', deadlineAt: now + GREETING_MAX_MS } as const
  const effects: Effect[] = [{ type: 'open', line, transport, session, cursor: state.cursor }]
  return { state: { ...state, session, attempt }, effects }
}

/** The session could not be had: not the fault of any transport. */
export function sessionFailed(state: ListenerState, failure: Failure, moment: Moment): Step {
  const failed = withRenewalLater({ ...state, attempt: null, session: null }, moment)
  return withReport(waitUnlessLive(failed, failure.retryAfterMs, moment), failure.problem)
}

/**
 * The line ended before its greeting. Browsers hide why, so the session is suspect too. A server that answers in words
 * that it will not now is no fault of the transport.
 */
export function openingFailed(state: ListenerState, rung: number, ending: Ending, moment: Moment): Step {
  const isRefusal = ending.problem !== null && ending.problem.status !== null && !ending.isUnfit
  const failed = withRenewalLater({ ...state, attempt: null, session: null }, moment)
  const judged = isRefusal || state.live !== null ? failed : withRungFailure(failed, rung, ending.isUnfit)
  return withReport(waitUnlessLive(judged, ending.retryAfterMs, moment), ending.problem)
}

/** The live line ended. An attempt that is under way takes its place. */
export function liveEnded(state: ListenerState, live: Live, ending: Ending, moment: Moment): Step {
  const isStable = moment.now - live.sinceAt >= STABLE_MS
  const isExpired = ending.code === TOKEN_EXPIRED
  const ended = { ...state, live: null, climbAt: null, renewAt: null, session: isExpired ? null : state.session }
  const judged = isStable
    ? { ...ended, failures: 0, rungFailures: 0, climbWaitMs: live.rung === 0 ? CLIMB_FIRST_MS : ended.climbWaitMs }
    : withRungFailure(ended, live.rung, false)
  if (judged.attempt !== null) return withReport({ state: judged, effects: [] }, ending.problem)
  if (isExpired && isStable) return withReport(beginAttempt(judged, judged.rung, moment), ending.problem)
  return withReport(waitUnlessLive(judged, ending.retryAfterMs ?? live.retryAfterMs, moment), ending.problem)
}

/** Tries now instead of later. */
export function wakeUp(state: ListenerState, moment: Moment): Step {
  const retryAt = Math.max(moment.now, state.attemptedAt + WAKE_SPACING_MS)
  if (retryAt <= moment.now) return beginAttempt(state, state.rung, moment)
  return { state: { ...state, retryAt: Math.min(retryAt, state.retryAt ?? retryAt) }, effects: [] }
}

/** Tries for a better transport while the present one goes on: the best first, then those below it. */
export function climb(state: ListenerState, live: Live, moment: Moment): Step {
  const target = state.climbs % live.rung
  const climbWaitMs = Math.min(CLIMB_LONGEST_MS, state.climbWaitMs * 2)
  const climbing = { ...state, climbs: state.climbs + 1, climbWaitMs, climbAt: moment.now + state.climbWaitMs }
  return beginAttempt(climbing, target, moment)
}

function waitUnlessLive(state: ListenerState, retryAfterMs: number | null, { now, chance }: Moment): Step {
  if (state.live !== null) return { state, effects: [] }
  const failures = state.failures + 1
  if (failures > state.attemptsMax) return { state: { ...state, failures, stopped: 'gave_up' }, effects: [] }
  const askedMs = Math.min(RETRY_AFTER_MAX_MS, retryAfterMs ?? 0)
  const delayMs = Math.max(askedMs, backoffMs(state.failures, chance))
  return { state: { ...state, failures, retryAt: now + delayMs }, effects: [] }
}

function withRungFailure(state: ListenerState, rung: number, isUnfit: boolean): ListenerState {
  const rungFailures = state.rungFailures + 1
  if (!isUnfit && rungFailures < RUNG_FAILURES_MAX) return { ...state, rungFailures }
  return { ...state, rung: (rung + 1) % state.transports.length, rungFailures: 0 }
}

function withRenewalLater(state: ListenerState, { now }: Moment): ListenerState {
  return state.live === null || state.renewAt === null
    ? state
    : { ...state, renewAt: Math.max(state.renewAt, now + RENEW_AGAIN_MS) }
}

function withReport(step: Step, problem: Ending['problem']): Step {
  return problem === null ? step : { ...step, effects: [{ type: 'report', problem }, ...step.effects] }
}
