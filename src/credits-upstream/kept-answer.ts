import type { Clock } from '../core/lib/clock.ts'
import type { Result } from '../core/lib/result.ts'

/**
 * Keeps a good answer for a time and lets parallel callers share one question. A fault is not kept. A clock that was set
 * back ends the time as well.
 */
export function keptAnswer<Value, Fault>(
  clock: Clock,
  lifeMs: number,
  ask: () => Promise<Result<Value, Fault>>,
): () => Promise<Result<Value, Fault>> {
  let kept: { answer: Result<Value, Fault>; since: number } | null = null
  let asking: Promise<Result<Value, Fault>> | null = null
  const askOnce = async (): Promise<Result<Value, Fault>> => {
    try {
      const since = clock.now()
      const answer = await ask()
      if (answer.ok) kept = { answer, since }
      return answer
    } finally {
      asking = null
    }
  }
  return () => {
    const ageMs = kept === null ? Number.NaN : clock.now() - kept.since
    if (kept !== null && ageMs >= 0 && ageMs < lifeMs) return Promise.resolve(kept.answer)
    asking ??= askOnce()
    return asking
  }
}
