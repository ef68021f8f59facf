import { randomBytes } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Settings } from '../config/schema.ts'
import type { Clock } from '../core/lib/clock.ts'
import type { Result } from '../core/lib/result.ts'
import type { AdminDeps } from '../http/admin/admin-deps.ts'
import type { RealtimeTransports } from '../http/admin/realtime-streams.ts'
import { DEMO_TOKEN_LIFE_MS, mintDemoToken, verifyDemoToken } from '../http/lib/demo-token.ts'
import type { RateLimiter } from '../http/lib/rate-limit.ts'
import type { UserSignIn } from '../http/lib/sign-in-user.ts'
import { createIdentityVerifier } from '../http/lib/user-identity.ts'
import { getCustomer } from '../usecases/customers/get-customer.ts'
import type { Ctx } from '../usecases/ports.ts'
import type { ProjectRefusal } from '../usecases/projects/choose-project.ts'
import { registerDevice, unregisterDevice } from '../usecases/push/register-device.ts'
import { bootstrapSession } from '../usecases/realtime/bootstrap-session.ts'
import { revokeSessions } from '../usecases/realtime/revoke-sessions.ts'
import { verifyToken } from '../usecases/realtime/verify-token.ts'
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

/** What the routes of realtime sessions need: who the user is, and how to begin, to listen and to end. */
export function realtimeDeps(options: {
  ctx: Ctx
  secrets: TokenSecrets
  url: string
  limits: { bootstrap: RateLimiter; streams: RateLimiter }
  users: UserSignIn
  transports: RealtimeTransports
}): AdminDeps['realtime'] {
  const { ctx, secrets, url, limits, users, transports } = options
  const ensureCustomer = async (projectId: string, appUserId: string) =>
    (await getCustomer(ctx, { projectId, appUserId, touch: false })).customer
  return {
    ...users,
    limit: (userId) => limits.bootstrap.take(userId),
    bootstrap: (input) => bootstrapSession({ ctx, ensureCustomer, secrets }, input),
    publicUrl: () => url,
    transports,
    limitStreams: (key) => limits.streams.take(key),
    verifyToken: (token) => verifyToken({ clock: ctx.clock, secrets, realtimeTokens: ctx.read.realtimeTokens }, token),
    revoke: (input) => revokeSessions(ctx, input),
    registerDevice: (input) => registerDevice(ctx, input),
    unregisterDevice: (input) => unregisterDevice(ctx, input),
  }
}
