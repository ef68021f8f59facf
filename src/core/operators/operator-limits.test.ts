import fc from 'fast-check'
import { expect, it } from 'vitest'
import { dayOf, judgeChange, judgeDay } from './operator-limits.ts'

const NOON = Date.parse('2026-05-04T12:00:00Z')
const limits = (maxPerChange: number | null, maxPerDay: number | null) => ({ maxPerChange, maxPerDay })
const crd = (units: number) => ({ currency: 'CRD', units })

it('a day is one in UTC', () => {
  expect(dayOf(Date.parse('2026-05-04T23:59:59.999Z'))).toBe('2026-05-04')
  expect(dayOf(Date.parse('2026-05-05T00:00:00Z'))).toBe('2026-05-05')
})

it('one change may reach its limit and not pass it', () => {
  expect(judgeChange(limits(100, null), crd(100))).toEqual({ ok: true, value: null })
  expect(judgeChange(limits(100, null), crd(101))).toEqual({
    ok: false,
    refusal: {
      code: 'operator_limit_exceeded',
      limit: 'max_per_change',
      currency: 'CRD',
      maximum: 100,
      remaining: 100,
      resetsAt: null,
    },
  })
})

it('the limit of a day says how much is left and until when', () => {
  expect(judgeDay(limits(null, 100), crd(60), 40, NOON)).toEqual({ ok: true, value: 100 })
  expect(judgeDay(limits(null, 100), crd(61), 40, NOON)).toMatchObject({
    refusal: { limit: 'max_per_day', maximum: 100, remaining: 60, resetsAt: Date.parse('2026-05-05T00:00:00Z') },
  })
  expect(judgeDay(limits(null, 100), crd(1), 140, NOON)).toMatchObject({ refusal: { remaining: 0 } })
})

it('without limits everything passes', () => {
  expect(judgeChange(limits(null, null), crd(2_000_000_000)).ok).toBe(true)
  expect(judgeDay(limits(null, null), crd(2_000_000_000), 1e12, NOON).ok).toBe(true)
})

it('whatever is asked for in a day, what passes never sums up to more than the limit', () => {
  fc.assert(
    fc.property(fc.nat(1_000), fc.array(fc.integer({ min: 1, max: 400 })), (maximum, asked) => {
      const moved = asked.reduce((before, units) => {
        const judged = judgeDay(limits(null, maximum), crd(units), before, NOON)
        return judged.ok ? judged.value : before
      }, 0)
      expect(moved).toBeLessThanOrEqual(maximum)
    }),
  )
})
