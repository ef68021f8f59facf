import { MINUTE_MS } from '../../core/lib/clock.ts'
import { ok } from '../../core/lib/result.ts'
import { PROBE_EVERY_MS, passageOf } from '../../core/webhooks/circuit.ts'
import type { WebhookEndpoint } from '../../core/webhooks/webhook-endpoint.ts'
import type { ClaimedDelivery } from '../ports/webhook-deliveries.ts'
import type { Ctx } from '../ports.ts'

/** Longest time that an attempt may take (RevenueCat, webhooks). */
export const ATTEMPT_TIMEOUT_MS = MINUTE_MS

/** An attempt ends before, with time to write down what came of it. What a dead process held is tried again after this. */
export const LEASE_MS = ATTEMPT_TIMEOUT_MS + MINUTE_MS / 2

/**
 * Claims what is due at an endpoint for this process: the next event of each of at most `limit` customers. While its
 * circuit is open, one at a time in all processes together.
 */
export async function claimDeliveries(
  ctx: Pick<Ctx, 'transaction' | 'clock'>,
  endpoint: WebhookEndpoint,
  limit: number,
): Promise<ClaimedDelivery[]> {
  const claimed = await ctx.transaction<ClaimedDelivery[], never>(async (tx) => {
    const now = ctx.clock.now()
    const passage = passageOf(endpoint.circuit, now)
    if (passage === 'none') return ok([])
    const { endpointId } = endpoint
    if (passage === 'probe' && !(await tx.webhookEndpoints.takeProbe(endpointId, now, now + PROBE_EVERY_MS))) {
      return ok([])
    }
    const count = passage === 'probe' ? 1 : limit
    return ok(await tx.webhookDeliveries.claim({ endpoint, now, leasedUntil: now + LEASE_MS, limit: count }))
  })
  return claimed.ok ? claimed.value : []
}
