import { startBackgroundJobs } from './app/background-jobs.ts'
import { incomingPolicy } from './app/incoming-policy.ts'
import { openContext } from './app/open-context.ts'
import { openCredits } from './app/open-credits.ts'
import { type PreparedDemo, prepareDemo } from './app/prepare-demo.ts'
import { registerSurfaces } from './app/register-surfaces.ts'
import { createTokenSecrets } from './app/token-secrets.ts'
import type { Settings } from './config/schema.ts'
import type { CustomerChange, DomainEvent } from './core/events/event.ts'
import type { Clock } from './core/lib/clock.ts'
import { randomPool } from './db/random-pool.ts'
import { requestIds } from './http/lib/request-id.ts'
import { createServer } from './http/server.ts'
import { createInProcessBus } from './realtime/bus.ts'
import { createGateway } from './realtime/gateway.ts'
import { intervalScheduler } from './realtime/scheduler.ts'
import type { Logger } from './telemetry/logger.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'

export type AppOptions = {
  settings: Settings
  logger: Logger
  version: string
  /** Whether to create the demo project and write its keys to the data folder. */
  demo: boolean
  clock: Clock
  /** Told when the embedded database server is gone for good; the process should end. */
  onFailure: (error: Error) => void
}

export type RunningApp = {
  url: string
  /** For people: the database in use. */
  engine: string
  demo: PreparedDemo | null
  /** Refuses new work, ends what is under way, and closes everything. */
  stop(): Promise<void>
}

/** Wires all rooms together and starts to serve. Decides nothing else. */
export async function startApp(options: AppOptions): Promise<RunningApp> {
  const { settings, logger, clock } = options
  const metrics = createMetrics()
  const bus = createInProcessBus((error) => logger.error({ err: error }, 'a listener of changes failed'))
  const announce = (change: CustomerChange, events: readonly DomainEvent[]) => {
    recordChange(metrics, change, events)
    bus.publish(change)
  }
  const onWait = (waitMs: number) => metrics.recordDatabaseWait(waitMs)
  const onGroup = (size: number) => metrics.recordGroup(size)
  const { ctx, engine, isReachable } = await openContext({ ...options, announce, onWait, onGroup })
  const state = { isDraining: false }
  const newRequestId = requestIds(randomPool())
  const secrets = createTokenSecrets()
  try {
    const server = createServer({
      logger,
      maxBodyBytes: settings.maxBodyBytes,
      trustProxy: settings.trustProxy,
      newRequestId,
      onResponse: (answered) => metrics.recordHttpRequest(answered),
    })
    const url = settings.publicUrl ?? `http://${hostInUrl(settings.host)}:${settings.port}`
    const opened = openCredits(ctx, settings, logger)
    const demo = options.demo ? await prepareDemo(ctx, secrets, demoInput(settings, url)) : null
    await registerSurfaces(server, {
      ...options,
      ctx,
      credits: opened.credits,
      metrics,
      demo,
      secrets,
      url,
      engine: engine.label,
      state,
      isReachable,
    })
    const gateway = createGateway({
      clock,
      read: ctx.read,
      secrets,
      bus,
      scheduler: intervalScheduler,
      newRequestId: () => newRequestId({ headers: {} }),
      logger,
      metrics: {
        sessionsChanged: (count) => metrics.setRealtimeSessions(count),
        envelopeSent: (event) => metrics.recordRealtimeEnvelope(event),
      },
    })
    gateway.attach(server.server)
    await server.listen({ host: settings.host, port: settings.port })
    const jobs = startBackgroundJobs(ctx, logger, metrics, incomingPolicy(settings), opened.jobs)
    return {
      url,
      engine: engine.label,
      demo,
      async stop() {
        state.isDraining = true
        await Promise.all([jobs.stop(), gateway.drain()])
        await server.close()
        await engine.close()
      },
    }
  } catch (error) {
    await engine.close()
    throw error
  }
}

function demoInput(settings: Settings, url: string) {
  return { dataDir: settings.dataDir, url, adminSecret: settings.adminSecrets[0] ?? null }
}

function recordChange(metrics: Metrics, change: CustomerChange, events: readonly DomainEvent[]): void {
  if (change.kinds.includes('usage')) metrics.recordLedgerTransaction(change.cause)
  for (const { type, data } of events) {
    if (typeof data.store === 'string') metrics.recordPurchase(data.store, type)
  }
}

/** The host as a URL writes it: an IPv6 address in brackets, and a listening address as one that can be reached. */
function hostInUrl(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}
