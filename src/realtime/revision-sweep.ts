import { SECOND_MS } from '../core/lib/clock.ts'
import type { Session } from './session.ts'

/**
 * Time between two comparisons of all sessions with the database, plus up to half of it at random, so that processes
 * that start together do not ask together. This is the longest that a lost message, a lost bus or a process that died
 * between commit and message delays a change.
 */
const SWEEP_EVERY_MS = 4 * SECOND_MS

/** Sessions in one statement: some milliseconds of the database's time. */
export const SWEEP_BATCH = 500

export type RevisionSweep = {
  /** Told the time about once a second. Starts a comparison when it is due and none is under way. */
  tick(now: number): void
  /** Changes may have been missed: compare with the next tick. */
  soon(): void
}

export type SweepDeps = {
  random(): number
  sessions(): readonly Session[]
  /** Compares some sessions with the database, and answers how many were behind. */
  compare(sessions: readonly Session[]): Promise<number>
  swept(behind: number): void
  failed(error: unknown): void
}

/** Compares what every session knows with the database, again and again. A failure is made good by the next one. */
export function createRevisionSweep(deps: SweepDeps, startedAt: number): RevisionSweep {
  const pause = (): number => SWEEP_EVERY_MS * (1 + deps.random() / 2)
  let dueAt = startedAt + pause()
  let isWanted = false
  let isRunning = false
  const run = async (): Promise<void> => {
    let behind = 0
    const sessions = deps.sessions()
    for (let start = 0; start < sessions.length; start += SWEEP_BATCH) {
      behind += await deps.compare(sessions.slice(start, start + SWEEP_BATCH))
    }
    deps.swept(behind)
  }
  return {
    tick(now) {
      // A clock that was set back must not stop the sweep until it catches up.
      const isDue = now >= dueAt || dueAt - now > 2 * SWEEP_EVERY_MS
      if (isRunning || !(isDue || isWanted)) return
      isRunning = true
      isWanted = false
      dueAt = now + pause()
      run()
        .catch(deps.failed)
        .finally(() => {
          isRunning = false
        })
    },
    soon() {
      isWanted = true
    },
  }
}
