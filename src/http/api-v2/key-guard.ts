import type { FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { assert } from '../../core/lib/assert.ts'
import { SECOND_MS } from '../../core/lib/clock.ts'
import { keyShape } from '../../core/projects/api-keys.ts'
import type { SecretKey } from '../../usecases/ports.ts'
import type { RateVerdict } from '../lib/rate-limit.ts'
import { ShortCache } from '../lib/short-cache.ts'
import { bearerOf } from '../lib/user-identity.ts'
import { ApiFault } from './api-fault.ts'
import type { ApiV2Deps, RateDomain } from './api-v2-deps.ts'
import { isPermitted, type Permission } from './permissions.ts'

/** Whose request it is. */
export type ApiCaller = Pick<SecretKey, 'keyId' | 'projectId'>

/** Makes the onRequest hook of a route. */
export type KeyGuard = (domain: RateDomain, permission: Permission) => onRequestAsyncHookHandler

declare module 'fastify' {
  interface FastifyRequest {
    apiCaller?: ApiCaller
  }
}

/** A withdrawn key may work for this long on a server that just saw it. */
const KEY_LIFE_MS = 5 * SECOND_MS

/** Keys kept at once; far more than a server has clients. */
const MAX_KEYS = 1_000

/**
 * Makes the check of a request, in this order: a secret key for v2, its rate limit, its project, its permission. What a
 * key asks for without permission counts as well. RevenueCat REST API v2, authentication.
 */
export function keyGuard({ ctx, hashSecret, limits }: Pick<ApiV2Deps, 'ctx' | 'hashSecret' | 'limits'>): KeyGuard {
  const keys = new ShortCache<SecretKey>(ctx.clock, { lifeMs: KEY_LIFE_MS, maxEntries: MAX_KEYS })
  const find = async (authorization: string | undefined): Promise<SecretKey> => {
    const token = bearerOf(authorization)
    const shape = token === null ? null : keyShape(token)
    if (token === null || shape === null) throw invalidKey('Invalid API key')
    if (shape.kind === 'public') throw invalidKey('Invalid API key: a public key does not open REST API v2')
    const hash = hashSecret(token)
    const key = await keys.get(hash, () => ctx.read.projects.secretKeyByHash(hash))
    if (key === null) throw invalidKey('Invalid API key')
    if (key.version !== 'v2') throw invalidKey('Invalid API key: a key for REST API v1 does not open v2')
    return key
  }
  return (domain, permission) => async (request, reply) => {
    const key = await find(request.headers.authorization)
    limitRequest(reply, limits[domain].take(key.keyId))
    const { project_id: projectId } = request.params as { project_id: string }
    if (projectId !== key.projectId) {
      throw new ApiFault('authorization_error', 'The API key does not belong to the project in the path')
    }
    if (!isPermitted(key.scopes, permission)) {
      throw new ApiFault('authorization_error', `The API key lacks the permission ${permission}`)
    }
    request.apiCaller = key
  }
}

function invalidKey(message: string): ApiFault {
  return new ApiFault('authentication_error', message)
}

function limitRequest(reply: FastifyReply, verdict: RateVerdict): void {
  reply.header('revenuecat-rate-limit-current-usage', verdict.limit - verdict.remaining)
  reply.header('revenuecat-rate-limit-current-limit', verdict.limit)
  if (verdict.allowed) return
  const seconds = verdict.retryAfterSeconds ?? verdict.resetSeconds
  reply.header('retry-after', seconds)
  throw new ApiFault('rate_limit_error', 'Rate limit exceeded', { backoffMs: seconds * SECOND_MS })
}

/** The caller of a route that has a guard. */
export function callerOf(request: FastifyRequest): ApiCaller {
  assert(request.apiCaller !== undefined, 'a guarded route knows its caller')
  return request.apiCaller
}
