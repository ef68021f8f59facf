import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Settings } from '../config/schema.ts'
import type { AdminDeps } from '../http/admin/admin-deps.ts'
import { adminSurface } from '../http/admin/admin-surface.ts'
import type { RealtimeTransports } from '../http/admin/realtime-streams.ts'
import { apiV2Surface } from '../http/api-v2/api-v2-surface.ts'
import { RateLimiter } from '../http/lib/rate-limit.ts'
import { opsSurface } from '../http/ops/ops-surface.ts'
import { pagesSurface } from '../http/pages/pages-surface.ts'
import { revenuecatWebhookSurface } from '../http/revenuecat-webhook/webhook-surface.ts'
import { sdkV1Surface } from '../http/sdk-v1/sdk-v1-surface.ts'
import { usageSurface } from '../http/usage/usage-surface.ts'
import type { Metrics } from '../telemetry/metrics.ts'
import type { Credits } from '../usecases/ports/credits.ts'
import type { Ctx } from '../usecases/ports.ts'
import type { TokenSecrets } from '../usecases/token-secrets.ts'
import { csvRecords } from './csv-records.ts'
import { openAnswerSigner } from './open-answer-signer.ts'
import { openOfferSigner } from './open-offer-signer.ts'
import type { PreparedDemo } from './prepare-demo.ts'
import { projectChooser } from './project-chooser.ts'
import { demoSignIn, realtimeDeps, userSignIn } from './user-sign-in.ts'

export type SurfaceOptions = {
  settings: Settings
  version: string
  ctx: Ctx
  metrics: Metrics
  demo: PreparedDemo | null
  secrets: TokenSecrets
  credits: Credits
  webhooks: AdminDeps['webhooks']
  url: string
  engine: string
  state: { readonly isDraining: boolean }
  isReachable(): Promise<boolean>
  /** Null without Redis. */
  isBusConnected(): boolean | null
  transports: RealtimeTransports
}

/** Mounts every surface on the server, and gathers the OpenAPI documents that they announce. */
export async function registerSurfaces(
  server: FastifyInstance,
  options: SurfaceOptions,
): Promise<Map<string, () => object>> {
  const { ctx, settings, metrics, demo, secrets, version } = options
  const documents = new Map<string, () => object>()
  const onOpenApi = (name: string, document: () => object): void => {
    documents.set(name, document)
  }
  const openApi = { version, publicUrl: settings.publicUrl }
  const choose = projectChooser(ctx)
  const projectFor = (request: FastifyRequest) => choose(namedProject(request))
  const limits = surfaceLimits(options)
  const signIn = demo === null ? null : demoSignIn(demo.credentials.project_id, ctx.clock)
  const users = userSignIn({ ...options, signIn, projectFor })

  await server.register(sdkV1Surface, {
    ctx,
    openApi,
    onOpenApi,
    hashSecret: secrets.hash,
    offerSigner: openOfferSigner(settings),
    answerSigner: openAnswerSigner(settings),
    onRefusal: (code) => metrics.recordRefusal('sdk-v1', code),
  })
  await server.register(apiV2Surface, {
    ctx,
    openApi,
    onOpenApi,
    hashSecret: secrets.hash,
    onRefusal: (type) => metrics.recordRefusal('api-v2', type),
    limits: limits.apiV2,
  })
  await server.register(adminSurface, {
    ctx,
    credits: options.credits,
    openApi,
    onOpenApi,
    projectFor,
    secrets: adminSecrets(options),
    tokenSecrets: secrets,
    maxAdjust: settings.maxAdjust,
    readCsv: csvRecords,
    webhooks: options.webhooks,
    onRefusal: (code) => metrics.recordRefusal('admin', code),
    limits: limits.admin,
    realtime: realtimeDeps({ ...options, users, limits }),
  })
  await server.register(usageSurface, {
    ctx,
    users,
    openApi,
    onOpenApi,
    hashSecret: secrets.hash,
    onRefusal: (code) => metrics.recordRefusal('usage', code),
    limits: limits.usage,
  })
  await server.register(revenuecatWebhookSurface, {
    ctx,
    projectNamed: choose,
    secrets: settings.revenuecatWebhookSecrets,
    signingSecrets: settings.revenuecatSigningSecrets,
    onRefusal: (code) => metrics.recordRefusal('revenuecat-webhook', code),
  })
  await registerPages(server, options, { documents, signIn })
  return documents
}

/** What people look at: health, documents and pages. */
async function registerPages(
  server: FastifyInstance,
  options: SurfaceOptions,
  { documents, signIn }: { documents: Map<string, () => object>; signIn: ReturnType<typeof demoSignIn> | null },
): Promise<void> {
  const { settings, metrics, demo, version } = options
  await server.register(opsSurface, {
    documents,
    readiness: () => readiness(options),
    metricsText: () => metrics.render(),
    metricsContentType: metrics.contentType,
    publicUrl: settings.publicUrl,
  })
  await server.register(pagesSurface, {
    version,
    engine: options.engine,
    publicUrl: settings.publicUrl,
    demo:
      demo === null || signIn === null
        ? null
        : {
            testStoreKey: demo.credentials.test_store_key,
            projectId: demo.credentials.project_id,
            mintToken: signIn.mint,
          },
  })
}

/** Streams and polls of one user: a poll a second, and as much again for several devices. */
const STREAMS_PER_MINUTE = 120

/** What each surface counts requests with. */
function surfaceLimits({ settings, ctx }: Pick<SurfaceOptions, 'settings' | 'ctx'>) {
  const limiter = (perMinute: number) => new RateLimiter(perMinute, ctx.clock)
  return {
    apiV2: {
      configuration: limiter(settings.rateV2Configuration),
      customers: limiter(settings.rateV2Customers),
      transactions: limiter(settings.rateV2Transactions),
    },
    admin: {
      currencies: limiter(settings.rateAdminCurrencies),
      balances: limiter(settings.rateAdminBalances),
      adjust: limiter(settings.rateAdminAdjust),
      holds: limiter(settings.rateAdminHolds),
      publish: limiter(settings.ratePublish),
      failedAuth: limiter(settings.rateFailedAuth),
    },
    bootstrap: limiter(settings.rateBootstrap),
    streams: limiter(STREAMS_PER_MINUTE),
    usage: {
      read: limiter(settings.rateUsage),
      consume: limiter(settings.rateConsume),
      server: limiter(settings.rateConsumeServer),
    },
  }
}

function namedProject(request: FastifyRequest): string | null {
  const header = request.headers['x-purser-project']
  return typeof header === 'string' && header !== '' ? header : null
}

/** In demo mode the generated secret opens the Admin API; otherwise only what the settings give does. */
function adminSecrets({ settings, demo }: SurfaceOptions): readonly string[] {
  if (settings.adminSecrets.length > 0 || demo === null) return settings.adminSecrets
  return [demo.credentials.admin_secret]
}

async function readiness({ state, isReachable, isBusConnected }: SurfaceOptions) {
  const database = await isReachable()
  const draining = state.isDraining
  const redis = isBusConnected()
  // Redis is told and does not decide: without it, realtime is late and everything else as ever.
  return { ready: database && !draining, checks: { database, draining, ...(redis === null ? {} : { redis }) } }
}
