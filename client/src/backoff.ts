const FIRST_MS = 500
const FACTOR = 2
/** Part of the wait that chance adds or takes, so that the clients of a server that restarts come back one by one. */
const JITTER = 0.2
const LONGEST_MS = 30_000

/** How long to wait after `failures` failures in a row, from 0, in milliseconds. `chance` is from 0 to 1. */
export function backoffMs(failures: number, chance: number): number {
  const middle = Math.min(LONGEST_MS, FIRST_MS * FACTOR ** failures)
  return Math.min(LONGEST_MS, Math.round(middle * (1 - JITTER + 2 * JITTER * chance)))
}
