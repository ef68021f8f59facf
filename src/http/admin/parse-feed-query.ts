import type { EventType } from '../../core/events/event.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { TOLD_TYPES } from '../../core/webhooks/told-outside.ts'
import type { FeedQuestion } from '../../usecases/ports/event-relay.ts'

export const FEED_LIMIT_DEFAULT = 100
/** A body is some two thousand bytes, so an answer stays well below a megabyte. */
export const FEED_LIMIT_MAX = 200

/** Reads what part of the feed is wanted. The refusal is the problems in words. Other parameters are ignored. */
export function parseFeedQuery(
  query: Readonly<Record<string, unknown>>,
): Result<Omit<FeedQuestion, 'after'> & { after: number | null }, string[]> {
  const after = query.after === undefined ? null : wholeNumber(query.after)
  const limit = query.limit === undefined ? FEED_LIMIT_DEFAULT : wholeNumber(query.limit)
  const types = query.type === undefined ? null : typesFrom(query.type)
  const problems: string[] = []
  if (after === undefined) problems.push('after: must be the next of an earlier answer')
  if (limit === undefined || limit < 1 || limit > FEED_LIMIT_MAX) {
    problems.push(`limit: must be a whole number from 1 to ${FEED_LIMIT_MAX}`)
  }
  if (types === undefined) problems.push(`type: must be one or several of ${TOLD_TYPES.join(', ')}`)
  if (after === undefined || limit === undefined || types === undefined || problems.length > 0) return refuse(problems)
  return ok({ after, limit, types })
}

function wholeNumber(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) return undefined
  return Number(value)
}

function typesFrom(value: unknown): EventType[] | undefined {
  if (typeof value !== 'string') return undefined
  const named = value.split(',').map((name) => TOLD_TYPES.find((type) => type === name))
  const types = named.filter((type) => type !== undefined)
  return types.length === named.length && types.length <= TOLD_TYPES.length ? types : undefined
}
