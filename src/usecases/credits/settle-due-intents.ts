import { ok } from '../../core/lib/result.ts'
import type { CreditIntent, IntentRef } from '../ports/credit-intents.ts'
import type { CreditsUpstream } from '../ports/credits-upstream.ts'
import type { Ctx } from '../ports.ts'
import { abandoned, isLeased, leased, mayBeSent } from './credit-intent.ts'
import { sendIntent } from './send-intent.ts'

/** Intents looked at a time: few, since each may wait for the upstream. */
const DUE_BATCH = 20

/**
 * Looks after changes whose outcome is not known: those that the upstream did not confirm, and those that a crash left
 * behind. Each is sent again under its own key. Stops at the first one that the upstream gives no answer to, so that a
 * server that is down is not flooded. `onUnresolved` is told of an intent that asking again cannot settle.
 */
export async function settleDueIntents(
  ctx: Ctx,
  upstream: CreditsUpstream,
  onUnresolved: (intent: CreditIntent) => void,
): Promise<{ done: number; more: boolean }> {
  const due = await ctx.read.creditIntents.due(upstream.projectId, ctx.clock.now(), DUE_BATCH)
  let done = 0
  for (const ref of due) {
    const intent = await leaseDue(ctx, upstream.projectId, ref)
    if (intent === null) continue
    if (intent.dueAt === null) {
      onUnresolved(intent)
      continue
    }
    const sent = await sendIntent(ctx, upstream, intent, 'once')
    if (sent.intent.status === 'pending') return { done, more: false }
    done += 1
  }
  return { done, more: done === DUE_BATCH }
}

/** Takes an intent for sending; null when somebody was there first. Without `dueAt` it must not be sent any more. */
async function leaseDue(ctx: Ctx, upstreamProjectId: string, ref: IntentRef): Promise<CreditIntent | null> {
  const taken = await ctx.transaction<CreditIntent | null, never>(async (tx) => {
    const now = ctx.clock.now()
    const intent = await tx.creditIntents.lock(ref)
    const isDue = intent?.status === 'pending' && intent.dueAt !== null && intent.dueAt <= now
    if (intent === null || !isDue || isLeased(intent, now)) return ok(null)
    const next = mayBeSent(intent, upstreamProjectId, now) ? leased(intent, now) : abandoned(intent)
    await tx.creditIntents.update(next)
    return ok(next)
  })
  return taken.ok ? taken.value : null
}
