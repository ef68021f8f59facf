import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../core/lib/clock.ts'
import { ok } from '../core/lib/result.ts'
import { type JobRunner, startJobs } from '../jobs/job-runner.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import { forgetOldAnswers } from '../usecases/idempotency.ts'
import type { Ctx } from '../usecases/ports.ts'
import { refreshDuePurchases } from '../usecases/purchases/refresh-due-purchases.ts'
import { forgetOldEnvelopes } from '../usecases/realtime/publish-envelope.ts'
import { expireDueHolds } from '../usecases/wallet/expire-due-holds.ts'
import { lapseDueLots } from '../usecases/wallet/lapse-due-lots.ts'

/** A renewal, the news that units have lapsed, and the end of a hold are at most this late. */
const DUE_PURCHASES_EVERY_MS = SECOND_MS
const DUE_LOTS_EVERY_MS = SECOND_MS
const DUE_HOLDS_EVERY_MS = SECOND_MS
const OLD_KEYS_EVERY_MS = HOUR_MS
const EXPIRED_TOKENS_EVERY_MS = MINUTE_MS
const OLD_ENVELOPES_EVERY_MS = HOUR_MS

/** Starts what has to be done without anybody asking. */
export function startBackgroundJobs(ctx: Ctx, logger: Logger, metrics: Metrics): JobRunner {
  return startJobs(
    [
      { name: 'due_purchases', everyMs: DUE_PURCHASES_EVERY_MS, run: () => refreshDuePurchases(ctx) },
      { name: 'due_lots', everyMs: DUE_LOTS_EVERY_MS, run: () => lapseDueLots(ctx) },
      { name: 'due_holds', everyMs: DUE_HOLDS_EVERY_MS, run: () => expireDueHolds(ctx) },
      { name: 'old_idempotency_keys', everyMs: OLD_KEYS_EVERY_MS, run: () => forgetOldAnswers(ctx) },
      { name: 'old_published_envelopes', everyMs: OLD_ENVELOPES_EVERY_MS, run: () => forgetOldEnvelopes(ctx) },
      { name: 'expired_realtime_tokens', everyMs: EXPIRED_TOKENS_EVERY_MS, run: () => deleteExpiredTokens(ctx) },
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
