import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { type AdminCaller, isAllowed } from '../../core/operators/caller.ts'
import type { OperatorAction } from '../../core/operators/operator.ts'
import type { RateVerdict } from '../lib/rate-limit.ts'
import { bearerOf } from '../lib/user-identity.ts'
import type {} from './admin-caller.ts'
import type { AdminDeps, Limiter } from './admin-deps.ts'
import { sendError } from './errors.ts'
import { operatorLookup } from './operator-lookup.ts'

type OnRequest = (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply | undefined>

/** Makes the guard of a route: its limit, and the action that an operator's role must allow. */
export type AdminGuard = (limit: Limiter, action?: OperatorAction) => OnRequest

/** A caller, and the name under which their requests are counted. */
type Admitted = { caller: AdminCaller; key: string }

/**
 * Makes the guard of the admin routes; each route adds its own limit and action. In this order: is there a shared secret
 * to check against, is a bearer given, has its address not guessed too often, is it right, is its limit not reached, may
 * its role do this. Without a shared secret operators are refused too: what is not configured is closed, and there must
 * be a way in when all tokens are lost. A route that names no action is for those who may do everything.
 */
export function adminGuard(deps: Pick<AdminDeps, 'secrets' | 'limits' | 'ctx' | 'tokenSecrets'>): AdminGuard {
  const { secrets, limits } = deps
  const hashes = secrets.map(sha256)
  const findOperator = operatorLookup(deps)
  const admit = async (bearer: string): Promise<Admitted | null> => {
    const index = indexOfSecret(hashes, bearer)
    if (index !== -1) return { caller: { kind: 'shared_secret' }, key: `secret-${index}` }
    const found = await findOperator(bearer)
    return found && { caller: { kind: 'operator', operator: found.operator }, key: found.token.tokenId }
  }
  return (limit, action = 'manage') =>
    async (request, reply) => {
      if (hashes.length === 0) {
        request.log.warn('PURSER_ADMIN_SECRET is not set: the admin API is closed')
        return sendError(reply, 'admin_unconfigured')
      }
      const bearer = bearerOf(request.headers.authorization)
      if (bearer === null) return sendError(reply.header('www-authenticate', 'Bearer'), 'missing_bearer')
      const guesses = limits.failedAuth.peek(request.ip)
      if (!guesses.allowed) return sendTooMany(reply, 'too_many_failed_sign_ins', guesses)
      const admitted = await admit(bearer)
      if (admitted === null) {
        limits.failedAuth.take(request.ip)
        return sendError(reply, 'invalid_admin_secret')
      }
      request.adminCaller = admitted.caller
      const refused = limitRequest(reply, limit.take(admitted.key))
      if (refused !== undefined) return refused
      return isAllowed(admitted.caller, action) ? undefined : sendError(reply, 'role_not_allowed')
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
