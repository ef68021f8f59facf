import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Settings } from '../config/schema.ts'
import type { Clock } from '../core/lib/clock.ts'
import type { Result } from '../core/lib/result.ts'
import type { RealtimeBootstrapDeps } from '../http/admin/realtime-bootstrap.ts'
import { DEMO_TOKEN_LIFE_MS, mintDemoToken, verifyDemoToken } from '../http/lib/demo-token.ts'
import type { RateLimiter } from '../http/lib/rate-limit.ts'
import { createIdentityVerifier } from '../http/lib/user-identity.ts'
import { getCustomer } from '../usecases/customers/get-customer.ts'
import type { Ctx } from '../usecases/ports.ts'
import type { ProjectRefusal } from '../usecases/projects/choose-project.ts'
import { bootstrapSession } from '../usecases/realtime/bootstrap-session.ts'
import type { TokenSecrets } from '../usecases/token-secrets.ts'

/** The key lives as long as the process: demo tokens are for trying things, and a new page gets a new one. */
const DEMO_KEY_BYTES = 32

/** Tokens for users of the demo project, who have no identity provider. */
export function demoSignIn(projectId: string, clock: Clock) {
  const key = randomBytes(DEMO_KEY_BYTES)
  return {
    projectId,
    mint(userId: string) {
      const now = clock.now()
      return { token: mintDemoToken(key, userId, now), expiresAt: now + DEMO_TOKEN_LIFE_MS }
    },
    verify: (token: string) => verifyDemoToken(key, token, clock.now()),
  }
}

/** What the bootstrap of a realtime session needs: who the user is, and how to begin. */
export function realtimeBootstrapDeps(options: {
  ctx: Ctx
  settings: Settings
  secrets: TokenSecrets
  url: string
  limiter: RateLimiter
  signIn: ReturnType<typeof demoSignIn> | null
  projectFor(request: FastifyRequest): Promise<Result<string, ProjectRefusal>>
}): RealtimeBootstrapDeps {
  const { ctx, settings, secrets, url, limiter, signIn, projectFor } = options
  const ensureCustomer = async (projectId: string, appUserId: string) =>
    (await getCustomer(ctx, { projectId, appUserId, touch: false })).customer
  return {
    identity: createIdentityVerifier({
      jwksUrl: settings.identityJwksUrl,
      publicKeyPem: settings.identityPublicKey,
      issuer: settings.identityIssuer,
      audience: settings.identityAudience,
      clock: ctx.clock,
    }),
    demo: signIn ?? undefined,
    projectFor,
    limit: (userId) => limiter.take(userId),
    bootstrap: (input) => bootstrapSession({ ctx, ensureCustomer, secrets }, input),
    publicUrl: () => url,
  }
}
