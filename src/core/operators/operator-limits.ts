import { DAY_MS } from '../lib/clock.ts'
import { ok, type Result, refuse } from '../lib/result.ts'
import type { OperatorLimits } from './operator.ts'

/** How many units of a currency a change moves, in whichever direction. */
export type MovedUnits = { currency: string; units: number }

export type LimitExceeded = {
  code: 'operator_limit_exceeded'
  limit: 'max_per_change' | 'max_per_day'
  currency: string
  maximum: number
  /** Units that the largest change allowed now would move. */
  remaining: number
  /** When the day begins anew; null for a limit that time does not lift. */
  resetsAt: number | null
}

/** The day of an instant in UTC, such as `2026-05-04`. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** Judges one change by itself. */
export function judgeChange(limits: OperatorLimits, { currency, units }: MovedUnits): Result<null, LimitExceeded> {
  const { maxPerChange: maximum } = limits
  if (maximum === null || units <= maximum) return ok(null)
  const limit = 'max_per_change'
  return refuse({ code: 'operator_limit_exceeded', limit, currency, maximum, remaining: maximum, resetsAt: null })
}

/** Judges a change together with what was moved before on the same day. Answers what is moved with it. */
export function judgeDay(
  { maxPerDay: maximum }: OperatorLimits,
  { currency, units }: MovedUnits,
  movedBefore: number,
  now: number,
): Result<number, LimitExceeded> {
  const moved = movedBefore + units
  if (maximum === null || moved <= maximum) return ok(moved)
  return refuse({
    code: 'operator_limit_exceeded',
    limit: 'max_per_day',
    currency,
    maximum,
    // A limit that was lowered during the day may lie below what was moved.
    remaining: Math.max(0, maximum - movedBefore),
    resetsAt: (Math.floor(now / DAY_MS) + 1) * DAY_MS,
  })
}
