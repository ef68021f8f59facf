import { SECOND_MS } from '../core/lib/clock.ts'
import type { Result } from '../core/lib/result.ts'
import { ok, refuse } from '../core/lib/result.ts'
import type { Patience, UpstreamFault } from '../usecases/ports/credits-upstream.ts'
import type { Tried } from './fault-of-answer.ts'
import type { UpstreamWorld } from './upstream-world.ts'

/** Tries of one call. */
const TRIES_MAX = 3
/** An operator waits for the answer; after this long they are told what is known. */
const BUDGET_MS = 10 * SECOND_MS
/** Longest wait for one answer, so that a server that hangs leaves time for a second try. */
const TRY_TIMEOUT_MS = 4 * SECOND_MS
/** A try that had less time than this would only be cut off. */
const TRY_USEFUL_MS = 500
/** Pause before the second try, where the upstream names none; twice as long before the third. */
const PAUSE_MS = 250

/** The time and the tries that one call has, with all its pages. */
export type Budget = { deadlineAt: number; triesMax: number }

export function newBudget(world: Pick<UpstreamWorld, 'clock'>, patience: Patience): Budget {
  const isOnce = patience === 'once'
  return {
    deadlineAt: world.clock.now() + (isOnce ? TRY_TIMEOUT_MS : BUDGET_MS),
    triesMax: isOnce ? 1 : TRIES_MAX,
  }
}

/**
 * Tries until there is an answer that another try would not better. The fault is the one of the last try; it is uncertain
 * when any of them was, unless it is conclusive.
 */
export async function tryAgain<Value>(
  world: Pick<UpstreamWorld, 'clock' | 'sleep'>,
  { deadlineAt, triesMax }: Budget,
  attempt: (timeoutMs: number) => Promise<Tried<Value>>,
): Promise<Result<Value, UpstreamFault>> {
  let isUncertain = false
  for (let number = 1; ; number++) {
    const leftMs = Math.max(0, deadlineAt - world.clock.now())
    const tried = await attempt(Math.min(TRY_TIMEOUT_MS, leftMs))
    if (tried.ok) return ok(tried.value)
    const { fault, isRetryable } = tried
    isUncertain = (isUncertain || fault.isUncertain) && !fault.isConclusive
    const waitMs = Math.max(tried.waitMs ?? 0, PAUSE_MS * 2 ** (number - 1))
    const isInTime = world.clock.now() + waitMs + TRY_USEFUL_MS <= deadlineAt
    if (!isRetryable || number >= triesMax || !isInTime) return refuse({ ...fault, isUncertain })
    await world.sleep(waitMs)
  }
}
