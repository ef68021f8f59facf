import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS } from './clock.ts'
import { addPeriods, type Period, parsePeriod } from './duration.ts'

const MONTH: Period = { count: 1, unit: 'M' }
const YEAR: Period = { count: 1, unit: 'Y' }

function endAfter(startAt: string, period: Period, times = 1): string {
  return new Date(addPeriods(Date.parse(startAt), period, times)).toISOString().replace('.000Z', 'Z')
}

describe('a period', () => {
  test.each([
    ['P3D', { count: 3, unit: 'D' }],
    ['P1W', { count: 1, unit: 'W' }],
    ['P1M', MONTH],
    ['P12M', { count: 12, unit: 'M' }],
    ['P1Y', YEAR],
  ])('%s is read', (text, period) => {
    expect(parsePeriod(text)).toEqual(period)
  })

  test.each(['', 'P', 'P0M', 'P01M', 'P-1M', '1M', 'P1', 'p1m', 'P1H', 'PT1M', 'P1M2D', 'P99999D', ' P1M', 'P1.5M'])(
    '%j is none',
    (text) => {
      expect(parsePeriod(text)).toBeNull()
    },
  )
})

describe('months', () => {
  test('from 31 January end on the last day of short months and come back to the 31st', () => {
    const ends = [1, 2, 3, 4, 5, 12, 13].map((times) => endAfter('2026-01-31T10:00:00Z', MONTH, times).slice(0, 10))
    expect(ends).toEqual([
      '2026-02-28',
      '2026-03-31',
      '2026-04-30',
      '2026-05-31',
      '2026-06-30',
      '2027-01-31',
      '2027-02-28',
    ])
  })

  test('reach 29 February in leap years alone, the centuries included', () => {
    expect(endAfter('2028-01-31T10:00:00Z', MONTH)).toBe('2028-02-29T10:00:00Z')
    expect(endAfter('2027-01-31T10:00:00Z', MONTH)).toBe('2027-02-28T10:00:00Z')
    expect(endAfter('2100-01-31T10:00:00Z', MONTH)).toBe('2100-02-28T10:00:00Z')
    expect(endAfter('2000-01-31T10:00:00Z', MONTH)).toBe('2000-02-29T10:00:00Z')
  })

  test('keep the time of day to the millisecond, over summer time too', () => {
    expect(addPeriods(Date.parse('2026-03-15T01:30:00.123Z'), MONTH)).toBe(Date.parse('2026-04-15T01:30:00.123Z'))
  })

  test('of a period of several months count as one', () => {
    expect(endAfter('2026-08-31T00:00:00Z', { count: 3, unit: 'M' }, 2)).toBe('2027-02-28T00:00:00Z')
  })
})

test('a year from 29 February ends on the 28th, except where there is a 29th', () => {
  expect(endAfter('2028-02-29T12:00:00Z', YEAR)).toBe('2029-02-28T12:00:00Z')
  expect(endAfter('2028-02-29T12:00:00Z', YEAR, 4)).toBe('2032-02-29T12:00:00Z')
})

test('days and weeks have a fixed length', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 400 }), (startAt, count) => {
      expect(addPeriods(startAt, { count, unit: 'D' })).toBe(startAt + count * DAY_MS)
      expect(addPeriods(startAt, { count, unit: 'W' })).toBe(startAt + count * 7 * DAY_MS)
    }),
  )
})

test('periods counted from one anchor follow one another without a gap or an overlap, and never drift', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4e12 }), fc.integer({ min: 1, max: 24 }), (anchorAt, count) => {
      const day = new Date(anchorAt).getUTCDate()
      for (let times = 1; times <= 24; times++) {
        const endsAt = new Date(addPeriods(anchorAt, { count, unit: 'M' }, times))
        expect(endsAt.getTime()).toBeGreaterThan(addPeriods(anchorAt, { count, unit: 'M' }, times - 1))
        const isLastDay = new Date(endsAt.getTime() + DAY_MS).getUTCDate() === 1
        expect(endsAt.getUTCDate() === day || isLastDay).toBe(true)
      }
    }),
  )
})
