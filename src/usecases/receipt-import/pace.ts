import type { Clock } from '../../core/lib/clock.ts'

const SECOND_MS = 1_000
/** Shorter waits than this cannot be kept; a rate of thousands is kept by waiting now and then. */
const WAIT_MIN_MS = 5

/** Waits before each turn so that there are not more than so many a second. Time that was lost is not made up for. */
export function newPace(clock: Clock, perSecond: number, pause: (ms: number) => Promise<void>): () => Promise<void> {
  let nextAt = clock.now()
  return async () => {
    const aheadMs = nextAt - clock.now()
    if (aheadMs >= WAIT_MIN_MS) await pause(aheadMs)
    nextAt = Math.max(nextAt, clock.now()) + SECOND_MS / perSecond
  }
}
