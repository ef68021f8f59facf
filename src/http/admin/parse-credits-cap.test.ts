import { describe, expect, test } from 'vitest'
import { parseCreditsCap } from './parse-credits-cap.ts'

const reason = 'ZD-1'
const CAP = 'credits_total: must be a whole number from 0 to 2000000000, or null'

describe('a cap of credits', () => {
  test.each([
    [1, 1],
    [2_000_000_000, 2_000_000_000],
    [null, null],
    [0, null],
  ])('%s is read as %s', (credits_total, creditsTotal) => {
    expect(parseCreditsCap({ credits_total, reason: '  ZD-1 ' })).toEqual({ ok: true, value: { creditsTotal, reason } })
  })

  test.each([-1, 1.5, 2_000_000_001, '5', true, [], {}, Number.NaN])('%j is none', (credits_total) => {
    expect(parseCreditsCap({ credits_total, reason })).toEqual({ ok: false, refusal: [CAP] })
  })

  test('needs a value and a reason, and nothing else', () => {
    expect(parseCreditsCap({ questions: 5 })).toEqual({
      ok: false,
      refusal: ['credits_total: is required', 'reason: is required', '"questions": is not a known field'],
    })
    expect(parseCreditsCap([])).toEqual({ ok: false, refusal: ['body: must be a JSON object'] })
    expect(parseCreditsCap(null)).toEqual({ ok: false, refusal: ['body: must be a JSON object'] })
  })
})
