import { startBackgroundJobs } from './app/background-jobs.ts'
import { watchConnections } from './app/close-server.ts'
import { incomingPolicy } from './app/incoming-policy.ts'
import { openBus } from './app/open-bus.ts'
import { openContext } from './app/open-context.ts'
import { openCredits } from './app/open-credits.ts'
import { type OpenedDelivery, openDelivery } from './app/open-delivery.ts'
import { type OpenedPush, openPush } from './app/open-push.ts'
import { type PreparedDemo, prepareDemo } from './app/prepare-demo.ts'
import { registerSurfaces } from './app/register-surfaces.ts'
import { createTokenSecrets } from './app/token-secrets.ts'
import type { Settings } from './config/schema.ts'
import type { CustomerChange, DomainEvent } from './core/events/event.ts'
import type { Clock } from './core/lib/clock.ts'
import { randomPool } from './db/random-pool.ts'
import { requestIds } from './http/lib/request-id.ts'
import { createServer } from './http/server.ts'
import type { Job } from './jobs/job-runner.ts'
import { createGateway } from './realtime/gateway.ts'
import { intervalScheduler } from './realtime/scheduler.ts'
import type { Logger } from './telemetry/logger.ts'
import { createMetrics, type Metrics } from './telemetry/metrics.ts'
import type { Ctx } from './usecases/ports.ts'

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
  const bus = openBus({ settings, logger, metrics })
  let push: OpenedPush | null = null
  const announce = (change: CustomerChange, events: readonly DomainEvent[]) => {
    recordChange(metrics, change, events)
    bus.bus.publish(change)
    push?.hear(change)
  }
  const { recordDatabaseWait: onWait, recordGroup: onGroup } = metrics
  const opened = openContext({ ...options, announce, onWait, onGroup })
  const { ctx, engine, isReachable } = await orClose(opened, bus)
  const state = { isDraining: false }
  const newRequestId = requestIds(randomPool())
  const secrets = createTokenSecrets()
  try {
    const server = emptyServer(options, metrics, newRequestId)
    const closeServer = watchConnections(server)
    const url = settings.publicUrl ?? `http://${hostInUrl(settings.host)}:${settings.port}`
    const opened = openCredits(ctx, settings, logger)
    const demo = options.demo ? await prepareDemo(ctx, secrets, demoInput(settings, url)) : null
    const realtime = { metrics: metrics.realtime, newRequestId: () => newRequestId({ headers: {} }) }
    const gateway = openGateway({ clock, read: ctx.read, secrets, bus, logger, ...realtime })
    push = openPush({ settings, ctx, gateway, logger, metrics })
    const webhooks = openDelivery({ settings, ctx, logger, metrics })
    await registerSurfaces(server, {
      ...options,
      ctx,
      credits: opened.credits,
      webhooks,
      metrics,
      demo,
      secrets,
      url,
      engine: engine.label,
      state,
      isReachable,
      isBusConnected: bus.isConnected,
      transports: gateway,
    })
    gateway.attach(server.server)
    await server.listen({ host: settings.host, port: settings.port })
    const background = startBackground(options, ctx, metrics, opened.jobs, webhooks)
    return {
      url,
      engine: engine.label,
      demo,
      async stop() {
        state.isDraining = true
        push?.stop()
        await Promise.all([background.stop(), gateway.drain()])
        await closeServer()
        await bus.close()
        await engine.close()
      },
    }
  } catch (error) {
    await bus.close()
    await engine.close()
    throw error
  }
}

/** Starts what is done without anybody asking. */
function startBackground(
  { settings, logger }: AppOptions,
  ctx: Ctx,
  metrics: Metrics,
  creditsJobs: readonly Job[],
  webhooks: OpenedDelivery,
): { stop(): Promise<void> } {
  const jobs = [...creditsJobs, ...webhooks.jobs]
  const runner = startBackgroundJobs(ctx, logger, metrics, incomingPolicy(settings), jobs)
  const delivery = webhooks.start()
  return {
    async stop() {
      await Promise.all([runner.stop(), delivery.stop()])
      webhooks.close()
    },
  }
}

type GatewayOptions = Omit<Parameters<typeof createGateway>[0], 'bus' | 'scheduler' | 'random'> & {
  bus: ReturnType<typeof openBus>
}

function openGateway({ bus, ...deps }: GatewayOptions) {
  const gateway = createGateway({ ...deps, bus: bus.bus, scheduler: intervalScheduler, random: Math.random })
  bus.onLost(() => gateway.compareSoon())
  return gateway
}

function emptyServer({ settings, logger }: AppOptions, metrics: Metrics, newRequestId: ReturnType<typeof requestIds>) {
  return createServer({
    logger,
    maxBodyBytes: settings.maxBodyBytes,
    trustProxy: settings.trustProxy,
    newRequestId,
    onResponse: (answered) => metrics.recordHttpRequest(answered),
  })
}

/** What somebody else's failure leaves behind would keep the process alive. */
async function orClose<Value>(opening: Promise<Value>, { close }: { close(): Promise<void> }): Promise<Value> {
  try {
    return await opening
  } catch (error) {
    await close()
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
