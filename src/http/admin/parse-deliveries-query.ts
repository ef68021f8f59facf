import type { EventType } from '../../core/events/event.ts'
import { parseIsoTime } from '../../core/lib/iso-time.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Delivery } from '../../core/webhooks/delivery.ts'
import { TOLD_TYPES } from '../../core/webhooks/told-outside.ts'
import type { ReplayRange } from '../../usecases/webhooks/replay-events.ts'
import { timeProblem } from './parse-history-query.ts'
import { userIdProblem } from './parse-user-id.ts'
import { type FieldCheck, isFields, problemsOf } from './read-fields.ts'

/** A page that a person can read through. */
export const DELIVERIES_LIMIT_DEFAULT = 50
export const DELIVERIES_LIMIT_MAX = 200

export const DELIVERY_STATES = ['pending', 'delivered', 'given_up'] as const satisfies readonly Delivery['state'][]

const POSITION = /^[1-9]\d{0,14}$/
const LIMIT = /^[1-9]\d{0,2}$/

export type DeliveriesQuery = {
  state: Delivery['state'] | null
  eventType: EventType | null
  appUserId: string | null
  before: number | null
  limit: number
}

/** Reads which deliveries are wanted. The refusal is the problems in words. Other parameters are ignored. */
export function parseDeliveriesQuery(query: Readonly<Record<string, unknown>>): Result<DeliveriesQuery, string[]> {
  const { state, event_type: eventType, user_id: appUserId, cursor, limit } = query
  const isLimit = typeof limit === 'string' && LIMIT.test(limit) && Number(limit) <= DELIVERIES_LIMIT_MAX
  const problems = Object.entries({
    state:
      state === undefined || isOneOf(DELIVERY_STATES, state) ? null : `must be one of ${DELIVERY_STATES.join(', ')}`,
    event_type: eventType === undefined || isOneOf(TOLD_TYPES, eventType) ? null : 'must be a type of event',
    user_id: appUserId === undefined ? null : userIdProblem(appUserId),
    cursor: cursor === undefined || parsePosition(cursor) !== null ? null : 'must be a next_cursor',
    limit: limit === undefined || isLimit ? null : `must be a whole number from 1 to ${DELIVERIES_LIMIT_MAX}`,
  }).flatMap(([name, problem]) => (problem === null ? [] : [`${name}: ${problem}`]))
  if (problems.length > 0) return refuse(problems)
  return ok({
    state: (state as Delivery['state'] | undefined) ?? null,
    eventType: (eventType as EventType | undefined) ?? null,
    appUserId: (appUserId as string | undefined) ?? null,
    before: parsePosition(cursor),
    limit: limit === undefined ? DELIVERIES_LIMIT_DEFAULT : Number(limit),
  })
}

/** A place in the feed, as paths and cursors write it; null for anything else. */
export function parsePosition(value: unknown): number | null {
  return typeof value === 'string' && POSITION.test(value) ? Number(value) : null
}

/** Reads which part of the feed is to be sent again. An empty body asks for all of it. */
export function parseReplayRange(body: unknown): Result<ReplayRange, readonly string[]> {
  if (!isFields(body)) return refuse(['body: must be a JSON object'])
  const problems = problemsOf(body, { after: afterProblem, since: timeProblem, until: timeProblem })
  if (problems.length > 0) return refuse(problems)
  const { after = null, since, until } = body as { after?: number; since?: string; until?: string }
  return ok({ after, since: timeOf(since), until: timeOf(until) })
}

const afterProblem: FieldCheck = (value) =>
  value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0)
    ? null
    : 'must be a position in the feed, or 0'

function timeOf(text: string | undefined): number | null {
  return text === undefined ? null : parseIsoTime(text)
}

function isOneOf(choices: readonly unknown[], value: unknown): boolean {
  return choices.includes(value)
}
