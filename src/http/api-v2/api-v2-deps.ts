import type { Ctx } from '../../usecases/ports.ts'
import type { OpenApiFacts } from '../lib/openapi.ts'
import type { RateLimiter } from '../lib/rate-limit.ts'
import type { OpenApiSink } from '../lib/surface.ts'

/** The kinds of request that are counted apart. RevenueCat REST API v2, rate limits. */
export type RateDomain = 'configuration' | 'customers' | 'transactions'

/** What the surface of REST API v2 needs. */
export type ApiV2Deps = {
  ctx: Ctx
  /** The form in which secret keys are stored: SHA-256, hexadecimal. */
  hashSecret(token: string): string
  /** Each counts the requests of each key. */
  limits: Readonly<Record<RateDomain, Pick<RateLimiter, 'take'>>>
  openApi: OpenApiFacts
  onOpenApi: OpenApiSink<'api-v2'>
  /** Told of every refused request by its type of error. */
  onRefusal?: (type: string) => void
}
