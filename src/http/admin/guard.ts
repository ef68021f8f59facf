import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RateVerdict } from '../lib/rate-limit.ts'
import { bearerOf } from '../lib/user-identity.ts'
import type { AdminDeps, Limiter } from './admin-deps.ts'
import { sendError } from './errors.ts'

type OnRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>

/**
 * Makes the guard of the admin routes; each route adds its own limit. In this order: is there a secret to check
 * against, is one given, has its address not guessed too often, is it right, is its limit not reached.
 */
export function adminGuard({ secrets, limits }: Pick<AdminDeps, 'secrets' | 'limits'>): (limit: Limiter) => OnRequest {
  const hashes = secrets.map(sha256)
  return (limit) => async (request, reply) => {
    if (hashes.length === 0) {
      request.log.warn('PURSER_ADMIN_SECRET is not set: the admin API is closed')
      return sendError(reply, 'admin_unconfigured')
    }
    const secret = bearerOf(request.headers.authorization)
    if (secret === null) return sendError(reply.header('www-authenticate', 'Bearer'), 'missing_bearer')
    const guesses = limits.failedAuth.peek(request.ip)
    if (!guesses.allowed) return sendTooMany(reply, 'too_many_failed_sign_ins', guesses)
    const index = indexOfSecret(hashes, secret)
    if (index === -1) {
      limits.failedAuth.take(request.ip)
      return sendError(reply, 'invalid_admin_secret')
    }
    return limitRequest(reply, limit.take(`secret-${index}`))
  }
}

/** Compares with every secret, always, in a time that depends on none of them. */
function indexOfSecret(hashes: readonly Buffer[], secret: string): number {
  const given = sha256(secret)
  return hashes.reduce((found, hash, index) => (timingSafeEqual(hash, given) ? index : found), -1)
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}

function limitRequest(reply: FastifyReply, verdict: RateVerdict): FastifyReply | undefined {
  reply.header('ratelimit-limit', verdict.limit)
  reply.header('ratelimit-remaining', verdict.remaining)
  reply.header('ratelimit-reset', verdict.resetSeconds)
  return verdict.allowed ? undefined : sendTooMany(reply, 'rate_limited', verdict)
}

function sendTooMany(
  reply: FastifyReply,
  code: 'rate_limited' | 'too_many_failed_sign_ins',
  { limit, resetSeconds, retryAfterSeconds }: RateVerdict,
): FastifyReply {
  const seconds = retryAfterSeconds ?? resetSeconds
  return sendError(reply, code, { text: `${limit} a minute; try again in ${seconds} s`, retryAfterSeconds: seconds })
}
