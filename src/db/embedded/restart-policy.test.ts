import { describe, expect, it } from 'vitest'
import { CALM_MS, nextRestart, type Trouble } from './restart-policy.ts'

describe('restarts', () => {
  it('come at once after a single death, then slower, then no more', () => {
    let trouble: Trouble | undefined
    const delays = [0, 100, 200, 300].map((at) => {
      const next = nextRestart(trouble, at, [0, 10, 20])
      trouble = next.trouble
      return next.delayMs
    })
    expect(delays).toEqual([0, 10, 20, 'give-up'])
  })

  it('start over after a calm time, so that rare accidents never add up', () => {
    const earlier = { count: 5, lastAt: 1_000 }
    expect(nextRestart(earlier, 1_000 + CALM_MS).delayMs).toBe(0)
    expect(nextRestart(earlier, 999 + CALM_MS).delayMs).toBe('give-up')
  })
})
