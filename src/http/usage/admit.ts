import type { FastifyReply, FastifyRequest } from 'fastify'
import { SECOND_MS } from '../../core/lib/clock.ts'
import { keyShape } from '../../core/projects/api-keys.ts'
import type { SecretKey } from '../../usecases/ports.ts'
import { ShortCache } from '../lib/short-cache.ts'
import { signInUser } from '../lib/sign-in-user.ts'
import { bearerOf } from '../lib/user-identity.ts'
import { CODE_OF_REFUSAL, sendError } from './errors.ts'
import type {} from './usage-caller.ts'
import type { Limiter, UsageDeps } from './usage-deps.ts'

type OnRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>

/** A withdrawn key may work for this long on a server that just saw it. */
const KEY_LIFE_MS = 5 * SECOND_MS

/** Keys kept at once; far more than a server has clients. */
const MAX_KEYS = 1_000

/** What a key for REST API v2 must be allowed. Keys for v1 have no permissions of their own. */
const PERMISSIONS = ['*', 'customer_information:purchases:read_write']

/** Admits signed-in users and counts their requests. Runs before a body is read: a stranger learns nothing about it. */
export function admitUser({ users }: Pick<UsageDeps, 'users'>, limit: Limiter): OnRequest {
  return async (request, reply) => {
    const bearer = bearerOf(request.headers.authorization)
    if (bearer === null) return sendError(reply, 'missing_bearer')
    if (keyShape(bearer)?.kind === 'secret') return sendError(reply, 'user_token_required')
    const signedIn = await signInUser(bearer, users)
    if (!signedIn.ok) return sendError(reply, signedIn.code)
    const { userId, findProject } = signedIn.user
    if (!isWithin(reply, limit, userId)) return reply
    const project = await findProject(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    request.usageCaller = { kind: 'user', projectId: project.value, userId }
  }
}

/** Admits users like `admitUser`, and servers by a secret key of either version. */
export function admitUserOrServer(deps: Pick<UsageDeps, 'ctx' | 'users' | 'hashSecret' | 'limits'>): OnRequest {
  const { ctx, hashSecret, limits } = deps
  const keys = new ShortCache<SecretKey>(ctx.clock, { lifeMs: KEY_LIFE_MS, maxEntries: MAX_KEYS })
  const asUser = admitUser(deps, limits.consume)
  return async (request, reply) => {
    const bearer = bearerOf(request.headers.authorization)
    if (bearer === null || keyShape(bearer)?.kind !== 'secret') return asUser(request, reply)
    // A secret key in an app is a leak, and this header shows that an SDK sent it.
    if (request.headers['x-platform'] !== undefined) return sendError(reply, 'secret_key_in_app')
    const hash = hashSecret(bearer)
    const key = await keys.get(hash, () => ctx.read.projects.secretKeyByHash(hash))
    if (key === null) return sendError(reply, 'invalid_secret_key')
    if (!isWithin(reply, limits.server, key.keyId)) return reply
    if (!isPermitted(key)) return sendError(reply, 'permission_missing', 'customer_information:purchases:read_write')
    request.usageCaller = { kind: 'server', projectId: key.projectId, keyId: key.keyId }
  }
}

function isPermitted({ version, scopes }: SecretKey): boolean {
  return version === 'v1' || scopes.some((scope) => PERMISSIONS.includes(scope))
}

/** Counts a request; answers it when there were too many. */
function isWithin(reply: FastifyReply, limit: Limiter, key: string): boolean {
  const verdict = limit.take(key)
  reply.headers({
    'ratelimit-limit': verdict.limit,
    'ratelimit-remaining': verdict.remaining,
    'ratelimit-reset': verdict.resetSeconds,
  })
  if (verdict.allowed) return true
  const seconds = verdict.retryAfterSeconds ?? verdict.resetSeconds
  reply.header('retry-after', seconds)
  sendError(reply, 'rate_limited', `${verdict.limit} a minute; try again in ${seconds} s`)
  return false
}
