import { DAY_MS } from '../lib/clock.ts'
import type { PeriodRule } from './config.ts'

/** A stretch of time with counters of its own. `key` names it for one customer; counters of another key are others. */
export type Period = { key: string; resetsAt: number }

/** A paid period of a subscription. */
export type BillingCycle = { startsAt: number; endsAt: number }

/**
 * The period that `now` belongs to; at the very instant of `resetsAt` the next one has begun. Nothing has to happen
 * for it to begin: counters of a key that nobody has counted under are zero.
 *
 * Rolling days are counted from 1970-01-01 in UTC for everybody alike, so that two customers who become one had the
 * same period. Without a running billing cycle, the calendar month counts.
 */
export function periodAt(rule: PeriodRule, now: number, cycle: BillingCycle | null): Period {
  if (rule.kind === 'rolling_days') {
    const index = Math.floor(now / (rule.days * DAY_MS))
    const startsAt = index * rule.days * DAY_MS
    const resetsAt = startsAt + rule.days * DAY_MS
    return { key: `${new Date(startsAt).toISOString().slice(0, 10)}/P${rule.days}D`, resetsAt }
  }
  if (rule.kind === 'billing_cycle' && cycle !== null && cycle.endsAt > now) {
    return { key: `cycle/${new Date(cycle.startsAt).toISOString()}`, resetsAt: cycle.endsAt }
  }
  const date = new Date(now)
  return {
    key: date.toISOString().slice(0, 7),
    resetsAt: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1),
  }
}
