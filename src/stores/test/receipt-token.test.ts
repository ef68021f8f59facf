import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../core/lib/clock.ts'
import { isPlausibleTime, parseTestToken } from './receipt-token.ts'

const NOW = 1_700_000_000_000
const UUID = '123e4567-e89b-12d3-a456-426614174000'

describe('a Test Store token', () => {
  test.each([
    [`test_${NOW}_${UUID}`, NOW],
    [`test_${NOW}_${UUID.toUpperCase()}`, NOW],
    [`test_0_${UUID}`, 0],
  ])('%s carries the time at which the device bought', (token, purchasedAt) => {
    expect(parseTestToken(token)).toEqual({ purchasedAt })
  })

  test.each([
    '',
    `test_${NOW}`,
    `test__${UUID}`,
    `test_-1_${UUID}`,
    `test_1e5_${UUID}`,
    `test_1234567890123456_${UUID}`,
    `test_${NOW}_${UUID}0`,
    `test_${NOW}_${UUID.replaceAll('-', '')}`,
    `TEST_${NOW}_${UUID}`,
    ` test_${NOW}_${UUID}`,
    `test_${NOW}_${UUID}\n`,
    `test_${NOW}_${UUID}\u0000`,
  ])('%j is none', (token) => {
    expect(parseTestToken(token)).toBeNull()
  })
})

test('a purchase may reach the server a month late or from a clock a day ahead, and no further', () => {
  expect(isPlausibleTime(NOW, NOW)).toBe(true)
  expect(isPlausibleTime(NOW - 30 * DAY_MS + 1, NOW)).toBe(true)
  expect(isPlausibleTime(NOW - 30 * DAY_MS, NOW)).toBe(false)
  expect(isPlausibleTime(NOW + DAY_MS - 1, NOW)).toBe(true)
  expect(isPlausibleTime(NOW + DAY_MS, NOW)).toBe(false)
})
