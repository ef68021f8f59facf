import { setTimeout as wait } from 'node:timers/promises'
import type { Settings } from '../config/schema.ts'
import { SECOND_MS } from '../core/lib/clock.ts'
import { createCreditsUpstream } from '../credits-upstream/upstream-client.ts'
import type { Job } from '../jobs/job-runner.ts'
import type { Logger } from '../telemetry/logger.ts'
import { ledgerCredits } from '../usecases/credits/ledger-credits.ts'
import { settleDueIntents } from '../usecases/credits/settle-due-intents.ts'
import { upstreamCredits } from '../usecases/credits/upstream-credits.ts'
import type { Credits } from '../usecases/ports/credits.ts'
import type { Ctx } from '../usecases/ports.ts'

/** A change whose outcome is not known is looked after at most this late; each then has pauses of its own. */
const DUE_INTENTS_EVERY_MS = SECOND_MS

export type OpenCredits = { credits: Credits; jobs: Job[] }

/** The credits of this server: in its own ledger, or on the server that the settings name. */
export function openCredits(ctx: Ctx, settings: Settings, logger: Logger): OpenCredits {
  const { creditsUpstreamUrl: url, creditsUpstreamKey: key, creditsUpstreamProject: projectId } = settings
  if (url === undefined || key === undefined || projectId === undefined)
    return { credits: ledgerCredits(ctx), jobs: [] }
  const upstream = createCreditsUpstream(
    { url, key, projectId },
    {
      fetch: (address, init) => fetch(address, init),
      clock: ctx.clock,
      sleep: (durationMs) => wait(durationMs),
      expireAfter: (durationMs) => AbortSignal.timeout(durationMs),
    },
  )
  logger.info({ projectId }, 'balances are kept by another server: the admin API changes them there')
  const dueIntents: Job = {
    name: 'due_credit_intents',
    everyMs: DUE_INTENTS_EVERY_MS,
    run: () =>
      settleDueIntents(ctx, upstream, ({ intentId, lastError }) =>
        logger.error(
          { intentId, lastError },
          'whether a change was made at the upstream cannot be found out; look there',
        ),
      ),
  }
  return { credits: upstreamCredits(ctx, upstream), jobs: [dueIntents] }
}
