import { AppUserIdBlocked } from '../../core/customers/app-user-id-blocked.ts'
import { HOUR_MS, SECOND_MS } from '../../core/lib/clock.ts'
import { ok } from '../../core/lib/result.ts'
import type { IncomingEvent, IncomingVerdict } from '../ports/incoming.ts'
import type { Ctx } from '../ports.ts'
import { applyEvent } from './apply-event.ts'
import type { IncomingPolicy } from './incoming-policy.ts'
import { parked } from './verdicts.ts'

/** Events taken at a time: enough to keep the database busy, few enough to hold in memory and to stop soon. */
const DUE_BATCH = 100

/** After this many failures, which take about nine hours, a person has to look. */
export const ATTEMPTS_MAX = 18
const FIRST_RETRY_MS = 5 * SECOND_MS
const RETRY_MAX_MS = HOUR_MS

/** Longest description of a fault that is kept with an event. */
const PROBLEM_MAX_LENGTH = 500

export type FailureListener = (event: { eventId: string; type: string }, error: unknown) => void

/**
 * Applies one batch of events that are due, the earliest told first, so that what a customer's app sees follows the order
 * of the story. An event that fails is tried again later, and holds up nobody: no other event depends on it, since each
 * one is applied by computing its whole chain anew.
 */
export async function applyDueEvents(
  ctx: Ctx,
  policy: IncomingPolicy,
  onFailure: FailureListener,
): Promise<{ done: number; more: boolean }> {
  const due = await ctx.read.incoming.due(ctx.clock.now(), DUE_BATCH)
  for (const event of due.sort((one, other) => one.toldAt - other.toldAt)) {
    try {
      await applyEvent(ctx, policy, event)
    } catch (error) {
      const verdict = isBlocked(error)
        ? parked('app_user_id_invalid', error.message)
        : afterFailure(event, error, ctx.clock.now())
      if (!isBlocked(error)) onFailure(event, error)
      await settle(ctx, event, verdict)
    }
  }
  return { done: due.length, more: due.length === DUE_BATCH }
}

/** The project does not want this customer: nothing failed, and only a person can change it. */
function isBlocked(error: unknown): error is AppUserIdBlocked {
  return error instanceof AppUserIdBlocked
}

async function settle(ctx: Ctx, event: IncomingEvent, verdict: IncomingVerdict): Promise<void> {
  await ctx.transaction<null, never>(async (tx) => {
    await tx.incoming.settle(event, verdict, ctx.clock.now())
    return ok(null)
  })
}

function afterFailure({ attempts: before }: IncomingEvent, error: unknown, now: number): IncomingVerdict {
  const attempts = before + 1
  const problem = (error instanceof Error ? error.message : String(error)).slice(0, PROBLEM_MAX_LENGTH)
  if (attempts >= ATTEMPTS_MAX) return { ...parked('failed', problem), attempts }
  const waitMs = Math.min(RETRY_MAX_MS, FIRST_RETRY_MS * 2 ** before)
  return { status: 'pending', outcome: 'failed', problem, attempts, dueAt: now + waitMs }
}
