import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countRequest, RateLimiter, type RateWindow } from './rate-limit.ts'

const START = 1_700_000_012_345

function limiterAt(limit: number, maxKeys?: number) {
  const clock = { time: START, now: () => clock.time }
  return { clock, limiter: new RateLimiter(limit, clock, maxKeys) }
}

describe('countRequest', () => {
  it('lets exactly the limit pass within any one window, whatever the times between requests', () => {
    const gaps = fc.array(fc.integer({ min: 0, max: 90_000 }), { maxLength: 100 })
    fc.assert(
      fc.property(gaps, fc.integer({ min: 1, max: 5 }), (waits, limit) => {
        let now = START
        let window: RateWindow | undefined
        const passed = new Map<number, number>()
        for (const wait of waits) {
          now += wait
          const counted = countRequest(window, limit, now)
          window = counted.window
          expect(now - window.startedAt).toBeLessThan(60_000)
          const before = passed.get(window.startedAt) ?? 0
          expect(counted.verdict.allowed).toBe(before < limit)
          if (counted.verdict.allowed) passed.set(window.startedAt, before + 1)
          expect(counted.verdict.remaining).toBe(limit - (passed.get(window.startedAt) ?? 0))
        }
      }),
    )
  })

  it('counts anew when the clock was set back, so that nobody is locked out for longer than a minute', () => {
    const { window } = countRequest(undefined, 1, START)
    expect(countRequest(window, 1, START - 3_600_000).verdict).toMatchObject({ allowed: true, resetSeconds: 60 })
  })
})

describe('RateLimiter', () => {
  it('refuses the request after the limit and says when to come back', () => {
    const { clock, limiter } = limiterAt(2)
    expect(limiter.take('a')).toEqual({
      allowed: true,
      limit: 2,
      remaining: 1,
      resetSeconds: 60,
      retryAfterSeconds: undefined,
    })
    clock.time += 20_500
    expect(limiter.take('a')).toMatchObject({ allowed: true, remaining: 0, resetSeconds: 40 })
    expect(limiter.take('a')).toMatchObject({ allowed: false, remaining: 0, retryAfterSeconds: 40 })
    clock.time = START + 59_999
    expect(limiter.take('a')).toMatchObject({ allowed: false, retryAfterSeconds: 1 })
    clock.time = START + 60_000
    expect(limiter.take('a')).toMatchObject({ allowed: true, remaining: 1, resetSeconds: 60 })
  })

  it('counts keys apart', () => {
    const { limiter } = limiterAt(1)
    expect([limiter.take('a').allowed, limiter.take('b').allowed, limiter.take('a').allowed]).toEqual([
      true,
      true,
      false,
    ])
  })

  it('looks without counting', () => {
    const { limiter } = limiterAt(1)
    expect([limiter.peek('a').allowed, limiter.peek('a').allowed]).toEqual([true, true])
    limiter.take('a')
    expect(limiter.peek('a')).toMatchObject({ allowed: false, retryAfterSeconds: 60 })
  })

  it('keeps a bounded number of keys: closed windows go first, then the oldest', () => {
    const { clock, limiter } = limiterAt(1, 2)
    limiter.take('closed')
    clock.time += 30_000
    limiter.take('open')
    clock.time += 30_000
    limiter.take('new')
    expect([limiter.peek('open').allowed, limiter.peek('new').allowed]).toEqual([false, false])
    limiter.take('newest')
    expect(['open', 'new', 'newest'].map((key) => limiter.peek(key).allowed)).toEqual([true, false, false])
  })
})
