import type { FastifyRequest } from 'fastify'
import type { Result } from '../../core/lib/result.ts'
import type { AllowedHosts } from '../../core/webhooks/destination.ts'
import type { ReadCsv } from '../../usecases/ports/bulk.ts'
import type { Credits } from '../../usecases/ports/credits.ts'
import type { Ctx } from '../../usecases/ports.ts'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'
import type { TokenSecrets } from '../../usecases/token-secrets.ts'
import type { SendTest } from '../../usecases/webhooks/send-test-event.ts'
import type { OpenApiFacts } from '../lib/openapi.ts'
import type { RateLimiter } from '../lib/rate-limit.ts'
import type { OpenApiSink } from '../lib/surface.ts'
import type { DeviceDeps } from './device-routes.ts'
import type { RefusalListener } from './errors.ts'
import type { RealtimeBootstrapDeps } from './realtime-bootstrap.ts'
import type { RealtimeSignOutDeps } from './realtime-sign-out.ts'
import type { RealtimeStreamDeps } from './realtime-streams.ts'

/** What counts requests of one key; in this process or shared by several. */
export type Limiter = Pick<RateLimiter, 'take' | 'peek'>

/** What the Admin Credits API needs. */
export type AdminDeps = {
  ctx: Ctx
  /** The credits, wherever their balances are kept. */
  credits: Credits
  /** The project that a request is about: the only one, or the one that the header `X-Purser-Project` names. */
  projectFor(request: FastifyRequest): Promise<Result<string, ProjectRefusal>>
  /** Secrets that are valid now; several while one is replaced by another. None closes the API. */
  secrets: readonly string[]
  /** Makes and hashes the tokens of operators. */
  tokenSecrets: TokenSecrets
  /** Largest absolute amount of one change. */
  maxAdjust: number
  /** Reads the files of bulk grants. */
  readCsv: ReadCsv
  limits: {
    currencies: Limiter
    balances: Limiter
    adjust: Limiter
    /** Changes of holds, apart from those of balances: work under way needs two calls each time. */
    holds: Limiter
    publish: Limiter
    /** Wrong secrets by address. */
    failedAuth: Limiter
  }
  /** Where webhooks may go, and what tries one out. */
  webhooks: { allowed: AllowedHosts; sendTest: SendTest }
  /** Told of every refusal by its code. */
  onRefusal?: RefusalListener
  realtime: RealtimeBootstrapDeps & RealtimeStreamDeps & RealtimeSignOutDeps & DeviceDeps
  openApi: OpenApiFacts
  onOpenApi: OpenApiSink<'admin'>
}
