import type { EventType } from '../../core/events/event.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { FeedQuestion } from '../../usecases/ports/event-relay.ts'

export const FEED_LIMIT_DEFAULT = 100
/** A body is some two thousand bytes, so an answer stays well below a megabyte. */
export const FEED_LIMIT_MAX = 200

/** All types that are told outside. A new one does not compile until it is here or named as internal. */
const IS_TOLD: Readonly<Record<EventType, boolean>> = {
  INITIAL_PURCHASE: true,
  RENEWAL: true,
  CANCELLATION: true,
  UNCANCELLATION: true,
  NON_RENEWING_PURCHASE: true,
  EXPIRATION: true,
  BILLING_ISSUE: true,
  PRODUCT_CHANGE: true,
  SUBSCRIPTION_PAUSED: true,
  SUBSCRIPTION_EXTENDED: true,
  REFUND_REVERSED: true,
  PRICE_INCREASE_CONSENT_REQUIRED: true,
  PRICE_INCREASE_CONSENT_APPROVED: true,
  PURCHASE_REDEEMED: true,
  TRANSFER: true,
  VIRTUAL_CURRENCY_TRANSACTION: true,
  CUSTOMER_MERGED: false,
}

export const FEED_TYPES: readonly EventType[] = Object.entries(IS_TOLD).flatMap(([type, isTold]) =>
  isTold ? [type as EventType] : [],
)

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
  if (types === undefined) problems.push(`type: must be one or several of ${FEED_TYPES.join(', ')}`)
  if (after === undefined || limit === undefined || types === undefined || problems.length > 0) return refuse(problems)
  return ok({ after, limit, types })
}

function wholeNumber(value: unknown): number | undefined {
  if (typeof value !== 'string' || !/^\d{1,15}$/.test(value)) return undefined
  return Number(value)
}

function typesFrom(value: unknown): EventType[] | undefined {
  if (typeof value !== 'string') return undefined
  const named = value.split(',').map((name) => FEED_TYPES.find((type) => type === name))
  const types = named.filter((type) => type !== undefined)
  return types.length === named.length && types.length <= FEED_TYPES.length ? types : undefined
}
