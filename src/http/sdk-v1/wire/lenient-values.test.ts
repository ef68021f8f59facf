import { describe, expect, it } from 'vitest'
import { durationOf, integerOf, microsOf, priceOf, textOf } from './lenient-values.ts'

describe('a price', () => {
  it.each([
    [10.98, 10_980_000],
    [0, 0],
    ['10.98', 10_980_000],
    ['$0.99', 990_000],
    ['0,99 €', 990_000],
    ['1.234,50 €', 1_234_500_000],
    ['US$1,234.5', 1_234_500_000],
    ['¥1,200', 1_200_000_000],
    ["CHF 1'200.00", 1_200_000_000],
    ['1 234,00 zł', 1_234_000_000],
    ['1,234,567', 1_234_567_000_000],
  ])('%j is read however it is written', (value, micros) => {
    expect(microsOf(value)).toBe(micros)
  })

  it.each([null, undefined, '', 'free', -1, '-1', '$-1.00', Number.NaN, 1e10, {}, [1], true, '9'.repeat(300)])(
    '%j is none',
    (value) => {
      expect(microsOf(value)).toBeUndefined()
    },
  )

  it('is in dollars when no currency is named', () => {
    expect(priceOf('1', undefined)).toEqual({ amountMicros: 1_000_000, currency: 'USD' })
    expect(priceOf('1', 'eur')).toEqual({ amountMicros: 1_000_000, currency: 'EUR' })
  })
})

it.each([
  ['P1M', 'P1M'],
  ['P1Y2M', 'P1Y2M'],
  ['1 Years', 'P1Y'],
  ['7 Days', 'P7D'],
  ['1 month', 'P1M'],
  ['P', undefined],
  ['soon', undefined],
  [7, undefined],
])('the duration %j is %j', (value, duration) => {
  expect(durationOf(value)).toBe(duration)
})

it('numbers may come in digits, and texts have a bound', () => {
  expect([integerOf('2'), integerOf(2), integerOf(2.5), integerOf('two')]).toEqual([2, 2, undefined, undefined])
  expect([textOf('a'), textOf(''), textOf(5), textOf('x'.repeat(256))]).toEqual(['a', undefined, undefined, undefined])
})
