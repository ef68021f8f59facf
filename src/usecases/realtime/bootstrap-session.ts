import type { CustomerRef } from '../../core/customers/customer.ts'
import { MINUTE_MS } from '../../core/lib/clock.ts'
import { ok } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import type { TokenSecrets } from '../token-secrets.ts'
import { startingTopics } from './own-topics.ts'

/** How long a socket token and each session opened with it live: short, since the token travels in a URL. */
export const TOKEN_LIFE_MS = 15 * MINUTE_MS

export type BootstrapDeps = {
  ctx: Pick<Ctx, 'clock' | 'transaction'>
  /** Finds the customer of a user, and creates it with the first use of the id. */
  ensureCustomer(projectId: string, userId: string): Promise<CustomerRef>
  secrets: TokenSecrets
}

export type BootstrapInput = {
  projectId: string
  userId: string
  /** Stable for one device. Without it, all unnamed devices of a user count as one. */
  deviceId?: string | undefined
  defaultTopics?: readonly string[] | undefined
}

/** `token` is a credential and is told this once. `topics` are those of the wish that are the user's own. */
export type BootstrappedSession = { token: string; expiresAt: number; topics: string[] }

/** Prepares a realtime session: makes sure that the customer exists and issues a token for the socket. */
export async function bootstrapSession(deps: BootstrapDeps, input: BootstrapInput): Promise<BootstrappedSession> {
  const { ctx, secrets } = deps
  await deps.ensureCustomer(input.projectId, input.userId)
  const createdAt = ctx.clock.now()
  const token = secrets.newToken()
  const topics = startingTopics(input.userId, input.defaultTopics ?? [])
  const expiresAt = createdAt + TOKEN_LIFE_MS
  await ctx.transaction<null, never>(async (tx) => {
    await tx.realtimeTokens.insert({
      tokenHash: secrets.hash(token),
      projectId: input.projectId,
      userId: input.userId,
      deviceId: input.deviceId ?? unnamedDeviceOf(input.userId),
      topics,
      createdAt,
      expiresAt,
    })
    return ok(null)
  })
  return { token, expiresAt, topics }
}

/** Stable, so that a reconnect of an unnamed device replaces its own older socket. */
function unnamedDeviceOf(userId: string): string {
  return `unnamed:${userId}`
}
