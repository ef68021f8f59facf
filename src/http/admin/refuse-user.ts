import type { FastifyReply, onRequestHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'
import type { TokenRefusal } from '../../usecases/realtime/verify-token.ts'
import type { RateVerdict } from '../lib/rate-limit.ts'
import type { IdentityFault } from '../lib/user-identity.ts'

/** Why a signed-in user's call is refused before it is looked at. */
export type UserRefusalCode =
  | IdentityFault
  | TokenRefusal['code']
  | ProjectRefusal['code']
  | 'missing_bearer'
  | 'rate_limited'

const STATUS = {
  missing_bearer: 401,
  invalid_token: 401,
  token_expired: 401,
  identity_unconfigured: 503,
  identity_unavailable: 503,
  rate_limited: 429,
  project_required: 400,
  project_unknown: 400,
} as const satisfies Record<UserRefusalCode, number>

/** Answers a user's call with its refusal. */
export function refuseUser(reply: FastifyReply, code: UserRefusalCode, text?: string): FastifyReply {
  if (STATUS[code] === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(STATUS[code]).send({ detail: text === undefined ? code : `${code}: ${text}` })
}

/** Answers a user who calls too often, and says when to come back. */
export function refuseHurry(reply: FastifyReply, verdict: RateVerdict): FastifyReply {
  return refuseUser(reply.header('retry-after', verdict.retryAfterSeconds ?? verdict.resetSeconds), 'rate_limited')
}

const refused = (description: string, codes: readonly string[]) =>
  Type.Object({ detail: Type.String({ examples: [...codes] }) }, { description })

/** These refusals in an OpenAPI document; `wrongField` is an example of what a wrong field is answered with. */
export const userRefusals = (wrongField: string) => ({
  400: refused('The request cannot be read, or it is not clear which project is meant.', ['project_required']),
  401: refused('The caller is not signed in.', ['missing_bearer', 'invalid_token', 'token_expired']),
  422: refused('A field is invalid or unknown. The text names it.', [wrongField]),
  429: refused('Too many requests of this user in a minute.', ['rate_limited']),
  503: refused('The identity provider is not configured or does not answer.', ['identity_unavailable']),
})

/** A bearer and no cookie is what signs a user in, so web apps of every origin may call. */
export const allowEveryOrigin: onRequestHookHandler = (_request, reply, done) => {
  reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': 'X-Request-ID, Retry-After' })
  done()
}
