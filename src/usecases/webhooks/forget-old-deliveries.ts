import { DAY_MS } from '../../core/lib/clock.ts'
import { LAST_AT } from '../../core/lib/iso-time.ts'
import { ok } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

/** How long the log of deliveries is kept, and what waits for an endpoint that is paused or does not answer. */
const DELIVERIES_KEPT_MS = 30 * DAY_MS

/** Deliveries of one transaction, so that it is short. */
const BATCH = 1_000

/** Deletes old deliveries, those of deleted endpoints, and at last those endpoints. */
export async function forgetOldDeliveries(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  const forgotten = await ctx.transaction<{ done: number; more: boolean }, never>(async (tx) => {
    const occurredBefore = ctx.clock.now() - DELIVERIES_KEPT_MS
    let done = 0
    for (const { endpointId, isDeleted } of await tx.webhookEndpoints.all()) {
      done += await tx.webhookDeliveries.forgetBefore(endpointId, isDeleted ? LAST_AT : occurredBefore, BATCH - done)
      if (done >= BATCH) return ok({ done, more: true })
      if (isDeleted) await tx.webhookEndpoints.remove(endpointId)
    }
    return ok({ done, more: false })
  })
  return forgotten.ok ? forgotten.value : { done: 0, more: false }
}
