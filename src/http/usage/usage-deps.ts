import type { Ctx } from '../../usecases/ports.ts'
import type { OpenApiFacts } from '../lib/openapi.ts'
import type { RateLimiter } from '../lib/rate-limit.ts'
import type { UserSignIn } from '../lib/sign-in-user.ts'
import type { OpenApiSink } from '../lib/surface.ts'

/** What counts requests of one key. */
export type Limiter = Pick<RateLimiter, 'take'>

/** What the usage surface needs. */
export type UsageDeps = {
  ctx: Ctx
  users: UserSignIn
  hashSecret(key: string): string
  limits: {
    /** Looks at usage, by user. */
    read: Limiter
    /** Consumptions that apps ask for, by user. */
    consume: Limiter
    /** Consumptions that servers ask for, by secret key. */
    server: Limiter
  }
  /** Told of every refusal by its code. */
  onRefusal?: (code: string) => void
  openApi: OpenApiFacts
  onOpenApi: OpenApiSink<'usage'>
}
