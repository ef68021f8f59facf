/** The source of time. Epoch milliseconds, UTC. Injected everywhere; tests move it by hand. */
export type Clock = { now(): number }

export const SECOND_MS = 1_000
export const MINUTE_MS = 60 * SECOND_MS
export const HOUR_MS = 60 * MINUTE_MS
export const DAY_MS = 24 * HOUR_MS
