import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Settings } from '../config/schema.ts'
import type { Clock } from '../core/lib/clock.ts'
import type { Result } from '../core/lib/result.ts'
import type { RealtimeBootstrapDeps } from '../http/admin/realtime-bootstrap.ts'
import { DEMO_TOKEN_LIFE_MS, mintDemoToken, verifyDemoToken } from '../http/lib/demo-token.ts'
import type { RateLimiter } from '../http/lib/rate-limit.ts'
import type { UserSignIn } from '../http/lib/sign-in-user.ts'
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

/** How users sign in: with their identity provider's tokens, and in the demo project with tokens of this process. */
export function userSignIn(options: {
  ctx: Pick<Ctx, 'clock'>
  settings: Settings
  signIn: ReturnType<typeof demoSignIn> | null
  projectFor(request: FastifyRequest): Promise<Result<string, ProjectRefusal>>
}): UserSignIn {
  const { ctx, settings, signIn, projectFor } = options
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
  }
}

/** What the bootstrap of a realtime session needs: who the user is, and how to begin. */
export function realtimeBootstrapDeps(options: {
  ctx: Ctx
  secrets: TokenSecrets
  url: string
  limiter: RateLimiter
  users: UserSignIn
}): RealtimeBootstrapDeps {
  const { ctx, secrets, url, limiter, users } = options
  const ensureCustomer = async (projectId: string, appUserId: string) =>
    (await getCustomer(ctx, { projectId, appUserId, touch: false })).customer
  return {
    ...users,
    limit: (userId) => limiter.take(userId),
    bootstrap: (input) => bootstrapSession({ ctx, ensureCustomer, secrets }, input),
    publicUrl: () => url,
  }
}
