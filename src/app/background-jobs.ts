import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/lib/clock.ts'
import { ok } from '../core/lib/result.ts'
import { type Job, type JobRunner, startJobs } from '../jobs/job-runner.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { advanceBulks } from '../usecases/bulk/advance-bulks.ts'
import { expireDueGrants } from '../usecases/entitlements/expire-due-grants.ts'
import { forgetOldAnswers } from '../usecases/idempotency.ts'
import { applyDueEvents } from '../usecases/incoming/apply-due-events.ts'
import type { IncomingPolicy } from '../usecases/incoming/incoming-policy.ts'
import type { Ctx } from '../usecases/ports.ts'
import { refreshDuePurchases } from '../usecases/purchases/refresh-due-purchases.ts'
import { forgetOldEnvelopes } from '../usecases/realtime/publish-envelope.ts'
import { expireDueHolds } from '../usecases/wallet/expire-due-holds.ts'
import { lapseDueLots } from '../usecases/wallet/lapse-due-lots.ts'
import { forgetOldBodies } from '../usecases/webhooks/forget-old-bodies.ts'
import { type RelayFailureListener, relayEvents } from '../usecases/webhooks/relay-events.ts'

/** A renewal, the news that units have lapsed, and the end of a hold are at most this late. */
const DUE_PURCHASES_EVERY_MS = SECOND_MS
const DUE_LOTS_EVERY_MS = SECOND_MS
const DUE_HOLDS_EVERY_MS = SECOND_MS
/** The end of access that was given by hand is told at most this late. */
const DUE_GRANTS_EVERY_MS = SECOND_MS
/** A bulk grant begins at most this late; then slice follows slice. */
const BULK_EVERY_MS = SECOND_MS
/** What RevenueCat tells has effect at most this late. */
const DUE_EVENTS_EVERY_MS = SECOND_MS
/** What happened is in the feed at most this late. */
const RELAY_EVERY_MS = SECOND_MS
const OLD_BODIES_EVERY_MS = HOUR_MS
const OLD_KEYS_EVERY_MS = HOUR_MS
const EXPIRED_TOKENS_EVERY_MS = MINUTE_MS
const OLD_ENVELOPES_EVERY_MS = HOUR_MS

/** Starts what has to be done without anybody asking. */
export function startBackgroundJobs(
  ctx: Ctx,
  logger: Logger,
  metrics: Metrics,
  policy: IncomingPolicy,
  creditsJobs: readonly Job[],
): JobRunner {
  const onEventFailure = ({ eventId, type }: { eventId: string; type: string }, error: unknown) =>
    logger.error({ eventId, type, err: error }, 'an event of RevenueCat could not be applied; it is tried again')
  const onRelayFailure: RelayFailureListener = ({ eventId, type }, error) =>
    logger.error({ eventId, type, err: error }, 'the body of an event could not be made; it is tried again')
  return startJobs(
    [
      { name: 'due_purchases', everyMs: DUE_PURCHASES_EVERY_MS, run: () => refreshDuePurchases(ctx) },
      { name: 'due_lots', everyMs: DUE_LOTS_EVERY_MS, run: () => lapseDueLots(ctx) },
      { name: 'due_holds', everyMs: DUE_HOLDS_EVERY_MS, run: () => expireDueHolds(ctx) },
      { name: 'due_grants', everyMs: DUE_GRANTS_EVERY_MS, run: () => expireDueGrants(ctx) },
      { name: 'bulk_grants', everyMs: BULK_EVERY_MS, run: () => advanceBulks(ctx) },
      { name: 'incoming_events', everyMs: DUE_EVENTS_EVERY_MS, run: () => applyDueEvents(ctx, policy, onEventFailure) },
      { name: 'relay_events', everyMs: RELAY_EVERY_MS, run: () => relayEvents(ctx, onRelayFailure) },
      { name: 'old_event_bodies', everyMs: OLD_BODIES_EVERY_MS, run: () => forgetOldBodies(ctx) },
      { name: 'old_idempotency_keys', everyMs: OLD_KEYS_EVERY_MS, run: () => forgetOldAnswers(ctx) },
      { name: 'old_published_envelopes', everyMs: OLD_ENVELOPES_EVERY_MS, run: () => forgetOldEnvelopes(ctx) },
      { name: 'expired_realtime_tokens', everyMs: EXPIRED_TOKENS_EVERY_MS, run: () => deleteExpiredTokens(ctx) },
      ...creditsJobs,
    ],
    {
      finished(job, done) {
        metrics.recordJob(job, done > 0 ? 'done' : 'skipped')
        if (done > 0) logger.debug({ job, done }, 'a job did its work')
      },
      failed(job, error) {
        metrics.recordJob(job, 'failed')
        logger.error({ job, err: error }, 'a job failed; it is tried again')
      },
    },
  )
}

async function deleteExpiredTokens(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  const deleted = await ctx.transaction<number, never>(async (tx) =>
    ok(await tx.realtimeTokens.deleteExpired(ctx.clock.now())),
  )
  return { done: deleted.ok ? deleted.value : 0, more: false }
}
