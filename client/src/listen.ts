import {
  beginAttempt,
  climb,
  liveEnded,
  openingFailed,
  openLine,
  STABLE_MS,
  sessionFailed,
  wakeUp,
} from './attempts.ts'
import { greeted, heard, heardFrame } from './hear-frame.ts'
import type { Effect, Ending, Input, ListenerState, Live, Moment, Step } from './listener-state.ts'
import type { RealtimeProblem, RealtimeState } from './realtime-options.ts'

/** How soon a line must answer when there is reason to think that it is dead. */
const PROBE_MS = 5_000

/** Silence that a transport without questions and answers may have: a ping of the server, and some delay. */
const QUIET_MAX_MS = 35_000

/** A newer connection of the same device has taken over: coming back would throw that one out. */
const REPLACED = 4003

/** The whole behaviour of a listener: what it does with one input. Pure; a stopped one does nothing any more. */
export function step(state: ListenerState, input: Input, moment: Moment): Step {
  if (state.stopped !== null) return { state, effects: [] }
  switch (input.type) {
    case 'start':
      return state.transports.length === 0 ? stop(state, 'unsupported') : beginAttempt(state, 0, moment)
    case 'session':
    case 'sessionFailed':
      return hearOfSession(state, input, moment)
    case 'frame':
      return hearFrame(state, input, moment)
    case 'pulse':
      return state.live?.line === input.line ? quiet(heard(state, state.live, moment)) : quiet(state)
    case 'ended':
      return lineEnded(state, input.line, input.ending, moment)
    case 'tick':
      return tick(state, moment)
    case 'wake':
      return state.live === null && state.attempt === null ? wakeUp(state, moment) : doubt(state, moment)
    case 'doubt':
      return doubt(state, moment)
    case 'stop':
      return stop(state, input.reason)
  }
}

/** When to give the next tick, in epoch milliseconds; null when nothing is waited for. */
export function wakeAt({ stopped, attempt, live, retryAt, renewAt, climbAt }: ListenerState): number | null {
  if (stopped !== null) return null
  const whileLive = live === null || attempt !== null ? [] : [renewAt, climbAt]
  const times = [attempt?.deadlineAt, live?.deadlineAt, retryAt, ...whileLive].filter((at) => typeof at === 'number')
  return times.length === 0 ? null : Math.min(...times)
}

/** The state as an app sees it. */
export function shownState({ stopped, live, attempt, retryAt, transports }: ListenerState): RealtimeState {
  const none = { transport: null, retryAt: null, reason: null }
  if (stopped !== null) return { ...none, state: 'stopped', reason: stopped }
  if (live !== null) return { ...none, state: 'live', transport: transports[live.rung] ?? null }
  if (attempt !== null) return { ...none, state: 'connecting', transport: transports[attempt.rung] ?? null }
  return { ...none, state: 'waiting', retryAt }
}

function hearOfSession(
  state: ListenerState,
  input: Extract<Input, { type: 'session' | 'sessionFailed' }>,
  moment: Moment,
): Step {
  const { attempt } = state
  if (attempt?.line !== input.line || attempt.stage !== 'session') return quiet(state)
  return input.type === 'session'
    ? openLine(state, attempt.line, attempt.rung, input.session, moment.now)
    : settled(sessionFailed(state, input.failure, moment))
}

function hearFrame(state: ListenerState, input: Extract<Input, { type: 'frame' }>, moment: Moment): Step {
  const { line, frame } = input
  const { live, attempt } = state
  const isAttempt = attempt?.line === line
  if (!isAttempt && live?.line !== line) return quiet(state)
  if (frame.event === 'session.revoked') return stop(state, 'revoked')
  if (frame.event === 'closed') {
    const code = typeof frame.data.code === 'number' ? frame.data.code : null
    return withDrop(line, lineEnded(state, line, ended(code, null), moment))
  }
  if (live?.line === line) return heardFrame(state, live, frame, moment)
  if (frame.event !== 'connected') return quiet(state)
  const { expectedUserId } = state
  if (expectedUserId === null || frame.data.user_id === expectedUserId) return greeted(state, frame, moment)
  const problem = problemOf('wrong_user', 'the token is that of another user')
  return withDrop(line, settled(sessionFailed(state, { problem, retryAfterMs: null }, moment)))
}

function lineEnded(state: ListenerState, line: number, ending: Ending, moment: Moment): Step {
  const { attempt, live } = state
  const isAttempt = attempt?.line === line && attempt.stage === 'opening'
  if (!isAttempt && live?.line !== line) return quiet(state)
  if (isAttempt) return settled(openingFailed(state, attempt.rung, ending, moment))
  if (live === null) return quiet(state)
  // Our own next line may be the one that took over, and a request of our own last line may come late and do so.
  const isOurs = attempt?.stage === 'opening' || moment.now - live.sinceAt < STABLE_MS
  if (ending.code === REPLACED && !isOurs) return stop(state, 'replaced')
  return settled(liveEnded(state, live, ending, moment))
}

function tick(state: ListenerState, moment: Moment): Step {
  const { attempt, live, retryAt, renewAt, climbAt } = state
  const { now } = moment
  const timeout = (what: string): Ending => ended(null, problemOf('timeout', what))
  if (live !== null && now >= live.deadlineAt) {
    return withDrop(live.line, settled(liveEnded(state, live, timeout('the server fell silent'), moment)))
  }
  if (attempt !== null && now >= attempt.deadlineAt) {
    const { line, rung, stage } = attempt
    const late = timeout(stage === 'session' ? 'the session took too long' : 'the server did not greet in time')
    const failed =
      stage === 'opening'
        ? openingFailed(state, rung, late, moment)
        : sessionFailed(state, { problem: late.problem ?? problemOf('timeout', 'late'), retryAfterMs: null }, moment)
    return withDrop(line, settled(failed))
  }
  if (attempt !== null) return quiet(state)
  if (live === null) return retryAt !== null && now >= retryAt ? beginAttempt(state, state.rung, moment) : quiet(state)
  if (renewAt !== null && now >= renewAt) return beginAttempt({ ...state, session: null }, live.rung, moment)
  return climbAt !== null && now >= climbAt && live.rung > 0 ? climb(state, live, moment) : quiet(state)
}

/** Makes sure that the live line is not dead: by a question where it takes one, by its last sign of life elsewhere. */
function doubt(state: ListenerState, moment: Moment): Step {
  const { live } = state
  if (live === null) return quiet(state)
  if (state.transports[live.rung] === 'websocket') return probe(state, live, moment)
  if (moment.now - live.heardAt < QUIET_MAX_MS) return quiet(state)
  return withDrop(live.line, settled(liveEnded(state, live, ended(null, null), moment)))
}

function probe(state: ListenerState, live: Live, { now }: Moment): Step {
  const deadlineAt = now + PROBE_MS
  // An earlier question is still open.
  if (live.deadlineAt <= deadlineAt) return quiet(state)
  const ping: Effect = { type: 'send', line: live.line, frame: { v: 1, op: 'ping' } }
  return { state: { ...state, live: { ...live, deadlineAt } }, effects: [ping] }
}

function stop(state: ListenerState, reason: NonNullable<ListenerState['stopped']>): Step {
  return settled({ state: { ...state, stopped: reason }, effects: [] })
}

/** Leaves nothing open behind a listener that has stopped. */
function settled(step: Step): Step {
  const { state, effects } = step
  if (state.stopped === null) return step
  const open = [state.attempt, state.live].filter((line) => line !== null)
  const drops = open.map(({ line }): Effect => ({ type: 'drop', line }))
  const empty = { attempt: null, live: null, retryAt: null, renewAt: null, climbAt: null, session: null }
  return { state: { ...state, ...empty }, effects: [...effects, ...drops] }
}

function withDrop(line: number, step: Step): Step {
  return { ...step, effects: [{ type: 'drop', line }, ...step.effects] }
}

function quiet(state: ListenerState): Step {
  return { state, effects: [] }
}

function ended(code: number | null, problem: RealtimeProblem | null): Ending {
  return { code, problem, retryAfterMs: null, isUnfit: false }
}

function problemOf(code: string, message: string): RealtimeProblem {
  return { code, message, status: null, cause: null }
}
