import type { Settings } from '../config/schema.ts'
import { MINUTE_MS, SECOND_MS } from '../core/lib/clock.ts'
import { type AllowedHosts, NO_HOSTS, parseAllowedHosts } from '../core/webhooks/destination.ts'
import { startDelivery } from '../delivery/deliver-webhooks.ts'
import { createPoster } from '../delivery/post-pinned.ts'
import { createSystemResolver } from '../delivery/resolve-host.ts'
import { createSender } from '../delivery/send-webhook.ts'
import type { Job } from '../jobs/job-runner.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Ctx } from '../usecases/ports.ts'
import { ATTEMPT_TIMEOUT_MS } from '../usecases/webhooks/claim-deliveries.ts'
import { forgetOldDeliveries } from '../usecases/webhooks/forget-old-deliveries.ts'
import type { SendTest } from '../usecases/webhooks/send-test-event.ts'
import type { Outcome, SettledAs } from '../usecases/webhooks/settle-deliveries.ts'

/** Of the time that a stop may take, the part in which receivers may still answer. The rest is for writing it down. */
const GRACE_SHARE = 0.5

/** Somebody waits for the outcome of a test. */
const TEST_TIMEOUT_MS = 10 * SECOND_MS

export type OpenedDelivery = {
  allowed: AllowedHosts
  sendTest: SendTest
  /** Begins to send what is due. */
  start(): { stop(): Promise<void> }
  jobs: Job[]
  close(): void
}

/** Makes what sends webhooks. Throws at once when the allow-list cannot be read. */
export function openDelivery({
  settings,
  ctx,
  logger,
  metrics,
}: {
  settings: Pick<Settings, 'webhookAllowedHosts' | 'shutdownGraceMs'>
  ctx: Ctx
  logger: Logger
  metrics: Pick<Metrics, 'webhooks'>
}): OpenedDelivery {
  const allowed = allowedHosts(settings.webhookAllowedHosts)
  const poster = createPoster()
  const senderDeps = { clock: ctx.clock, resolve: createSystemResolver(), post: poster.post, allowed }
  const sendTest = createSender({ ...senderDeps, timeoutMs: TEST_TIMEOUT_MS })
  const never = new AbortController().signal
  return {
    allowed,
    sendTest: (endpoint, event) => sendTest(endpoint, event, never),
    start() {
      const loop = startDelivery({
        ctx,
        send: createSender({ ...senderDeps, timeoutMs: ATTEMPT_TIMEOUT_MS }),
        settled: (outcome, as) => record(outcome, as, logger, metrics.webhooks),
        turned: (endpointId, isOpen) => tellTurn(logger, endpointId, isOpen),
        failed: (error) =>
          logger.error({ err: error }, 'what became of webhooks could not be written down; they are sent again'),
      })
      return { stop: () => loop.stop(settings.shutdownGraceMs * GRACE_SHARE) }
    },
    jobs: [
      { name: 'old_webhook_deliveries', everyMs: MINUTE_MS, run: () => forgetOldDeliveries(ctx) },
      {
        name: 'webhook_circuits',
        everyMs: 10 * SECOND_MS,
        async run() {
          metrics.webhooks.setOpenCircuits(await ctx.read.webhookEndpoints.openCircuits())
          return { done: 0, more: false }
        },
      },
    ],
    close: poster.close,
  }
}

function allowedHosts(text: string | undefined): AllowedHosts {
  if (text === undefined) return NO_HOSTS
  const parsed = parseAllowedHosts(text)
  if (parsed.ok) return parsed.value
  throw new Error(`PURSER_WEBHOOK_ALLOWED_HOSTS: '${parsed.refusal}' is no host name, address or block of addresses`)
}

function record(outcome: Outcome, as: SettledAs, logger: Logger, metrics: Metrics['webhooks']): void {
  const { endpointId, webhookId, position, eventType, occurredAt } = outcome.claimed
  metrics.attempted(as)
  const ids = { endpointId, webhookId, position, eventType }
  if (outcome.kind === 'ended' && as === 'delivered') {
    const { at, durationMs } = outcome.attempt
    metrics.deliveredAfter(at + durationMs - occurredAt)
    logger.debug({ ...ids, durationMs }, 'a webhook was delivered')
    return
  }
  const error = outcome.kind === 'ended' ? outcome.attempt.error : outcome.kind
  if (as === 'given_up') logger.warn({ ...ids, error }, 'a webhook is given up; it can be replayed')
  else logger.info({ ...ids, error, as }, 'a webhook was not delivered; it is tried again')
}

function tellTurn(logger: Logger, endpointId: string, isOpen: boolean): void {
  if (!isOpen) logger.warn({ endpointId }, 'a webhook endpoint answers again: all that waits is sent')
  else
    logger.error(
      { endpointId },
      'a webhook endpoint fails all the time: it gets one probe a minute, and events wait for it',
    )
}
