import type { Clock } from '../core/lib/clock.ts'

/** The machine's clock. Everything else is handed one. */
export const systemClock: Clock = { now: () => Date.now() }
