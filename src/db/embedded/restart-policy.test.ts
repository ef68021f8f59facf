import { describe, expect, it } from 'vitest'
import { nextRestart, SOON_DELAY_MS, SOON_MS, type Trouble } from './restart-policy.ts'

describe('restarts', () => {
  it('come at once after a death, and after a pause when the server died just before', () => {
    const first = nextRestart(undefined, 0, 'death')
    expect(first.delayMs).toBe(0)
    expect(nextRestart(first.trouble, SOON_MS - 1, 'death').delayMs).toBe(SOON_DELAY_MS)
    expect(nextRestart(first.trouble, SOON_MS, 'death').delayMs).toBe(0)
  })

  it('never end for a server that comes up each time', () => {
    let trouble: Trouble | undefined
    for (let death = 0; death < 100; death++) {
      const next = nextRestart(trouble, death, 'death')
      trouble = next.trouble
      expect(next.delayMs).not.toBe('give-up')
    }
  })

  it('come slower while starts fail, then no more; a server that was up gives all tries back', () => {
    let trouble: Trouble | undefined
    const delays = ['death', 'failed-start', 'failed-start', 'failed-start'].map((cause, at) => {
      const next = nextRestart(trouble, at * SOON_MS, cause as 'death' | 'failed-start', [10, 20])
      trouble = next.trouble
      return next.delayMs
    })
    expect(delays).toEqual([0, 10, 20, 'give-up'])
    expect(nextRestart(nextRestart(trouble, 9_000, 'death').trouble, 9_001, 'failed-start', [10]).delayMs).toBe(10)
  })
})
