/** Pauses before the restarts that follow each other. The first is immediate: a single kill should not be felt. */
export const RESTART_DELAYS_MS: readonly number[] = [0, 500, 2_000, 5_000, 10_000]
/** Deaths further apart than this are separate accidents, each with all tries of its own. */
export const CALM_MS = 60_000

/** Deaths and failed starts that followed each other closely, ended by the latest. */
export type Trouble = { count: number; lastAt: number }

/**
 * Decides about the restart after a death or a failed start at `at` (milliseconds of any steady clock).
 *
 * @returns the pause before it, or `give-up` when the tries are used up; and the trouble to remember.
 */
export function nextRestart(
  before: Trouble | undefined,
  at: number,
  delaysMs: readonly number[] = RESTART_DELAYS_MS,
): { trouble: Trouble; delayMs: number | 'give-up' } {
  const count = before !== undefined && at - before.lastAt < CALM_MS ? before.count + 1 : 1
  return { trouble: { count, lastAt: at }, delayMs: delaysMs[count - 1] ?? 'give-up' }
}
