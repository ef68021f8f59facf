// @ts-check

/** The first wait is about this long, and no wait is longer than the last one. */
const FIRST_MS = 500
const LONGEST_MS = 30_000

/**
 * How long to wait before trying again: doubling, and half of it by chance, so that the clients of a server that
 * restarts do not all come back at once.
 *
 * @param {number} failures how often it failed in a row, from 0
 * @param {number} chance from 0 to 1
 * @returns {number} milliseconds
 */
export function backoffMs(failures, chance) {
  const fullMs = Math.min(LONGEST_MS, FIRST_MS * 2 ** failures)
  return Math.round((fullMs / 2) * (1 + chance))
}
