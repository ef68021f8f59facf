import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PeriodRule } from './config.ts'
import { periodAt } from './period.ts'

const MONTH: PeriodRule = { kind: 'calendar_month' }
const at = (text: string) => Date.parse(text)

describe('a period', () => {
  test.each([
    ['2026-05-01T00:00:00.000Z', '2026-05', '2026-06-01T00:00:00Z'],
    ['2026-05-31T23:59:59.999Z', '2026-05', '2026-06-01T00:00:00Z'],
    ['2026-06-01T00:00:00.000Z', '2026-06', '2026-07-01T00:00:00Z'],
    ['2026-12-31T23:59:59.999Z', '2026-12', '2027-01-01T00:00:00Z'],
    ['2028-02-29T12:00:00.000Z', '2028-02', '2028-03-01T00:00:00Z'],
  ])('of calendar months holds %s in %s', (now, key, resetsAt) => {
    expect(periodAt(MONTH, at(now), null)).toEqual({ key, resetsAt: at(resetsAt) })
  })

  test('of rolling days has that many days, for everybody the same', () => {
    const rule: PeriodRule = { kind: 'rolling_days', days: 7 }
    expect(periodAt(rule, at('1970-01-08T00:00:00Z'), null)).toEqual({
      key: '1970-01-08/P7D',
      resetsAt: at('1970-01-15T00:00:00Z'),
    })
  })

  test('of a billing cycle is the paid one, and a calendar month for who has none or whose has ended', () => {
    const rule: PeriodRule = { kind: 'billing_cycle' }
    const cycle = { startsAt: at('2026-01-31T10:00:00Z'), endsAt: at('2026-02-28T10:00:00Z') }
    const paid = { key: 'cycle/2026-01-31T10:00:00.000Z', resetsAt: cycle.endsAt }
    expect(periodAt(rule, cycle.startsAt, cycle)).toEqual(paid)
    expect(periodAt(rule, cycle.endsAt - 1, cycle)).toEqual(paid)
    expect(periodAt(rule, cycle.endsAt, cycle).key).toBe('2026-02')
    expect(periodAt(rule, cycle.startsAt, null).key).toBe('2026-01')
  })

  test('ends after now, and at its end another one begins', () => {
    const rules = fc.oneof(
      fc.constant(MONTH),
      fc.integer({ min: 1, max: 366 }).map((days): PeriodRule => ({ kind: 'rolling_days', days })),
    )
    const years = fc.integer({ min: at('1990-01-01T00:00:00Z'), max: at('2090-01-01T00:00:00Z') })
    fc.assert(
      fc.property(rules, years, (rule, now) => {
        const period = periodAt(rule, now, null)
        expect(period.resetsAt).toBeGreaterThan(now)
        expect(periodAt(rule, period.resetsAt - 1, null)).toEqual(period)
        expect(periodAt(rule, period.resetsAt, null).key).not.toBe(period.key)
      }),
    )
  })
})
