import { describe, expect, test } from 'vitest'
import { MINUTE_MS } from '../../core/lib/clock.ts'
import { periodEnd } from './pace.ts'

const START = Date.parse('2026-01-31T10:00:00Z')

describe('the accelerated pace', () => {
  test.each([
    ['P3D', 5],
    ['P1W', 5],
    ['P4W', 5],
    ['P1M', 5],
    ['P2M', 10],
    ['P3M', 15],
    ['P6M', 30],
    ['P1Y', 60],
    ['P12M', 60],
    ['P2Y', 60],
  ])('lets %s pass in %i minutes, as RevenueCat documents for its Test Store', (period, minutes) => {
    expect(periodEnd(START, period, 1, 'accelerated')).toBe(START + minutes * MINUTE_MS)
    expect(periodEnd(START, period, 4, 'accelerated')).toBe(START + 4 * minutes * MINUTE_MS)
  })
})

test('the calendar pace counts months from the anchor, so that the 31st comes back', () => {
  const ends = [1, 2, 3].map((times) => new Date(periodEnd(START, 'P1M', times, 'calendar')).toISOString())
  expect(ends).toEqual(['2026-02-28T10:00:00.000Z', '2026-03-31T10:00:00.000Z', '2026-04-30T10:00:00.000Z'])
})

test('a stored period that cannot be read is a fault, not a subscription of some other length', () => {
  expect(() => periodEnd(START, 'P1M2D', 1, 'calendar')).toThrow("'P1M2D' is a stored billing period")
})
