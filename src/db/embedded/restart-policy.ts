/** Pauses before the restarts that follow failed starts. When they are used up, starting does not help. */
export const RESTART_DELAYS_MS: readonly number[] = [500, 2_000, 5_000, 10_000]
/** A server that dies again so soon is given a pause, so that a crash on every start does not eat the machine. */
export const SOON_MS = 1_000
export const SOON_DELAY_MS = 500

/** What happened last, and how many starts in a row have failed since a server was up. */
export type Trouble = { failedStarts: number; lastAt: number }

/**
 * Decides about the restart after a death or a failed start at `at` (milliseconds of any steady clock). A server that
 * was up can be started, so it is started again however often it dies: at once, or after a pause when it died just
 * before. Only starts that fail use up the tries.
 *
 * @returns the pause before it, or `give-up` when the tries are used up; and the trouble to remember.
 */
export function nextRestart(
  before: Trouble | undefined,
  at: number,
  cause: 'death' | 'failed-start',
  delaysMs: readonly number[] = RESTART_DELAYS_MS,
): { trouble: Trouble; delayMs: number | 'give-up' } {
  if (cause === 'death') {
    const isSoon = before !== undefined && at - before.lastAt < SOON_MS
    return { trouble: { failedStarts: 0, lastAt: at }, delayMs: isSoon ? SOON_DELAY_MS : 0 }
  }
  const failedStarts = (before?.failedStarts ?? 0) + 1
  return { trouble: { failedStarts, lastAt: at }, delayMs: delaysMs[failedStarts - 1] ?? 'give-up' }
}
