import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { Result } from '../../core/lib/result.ts'
import type { RealtimeToken } from '../../usecases/ports/realtime.ts'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'
import type { RevokeInput, RevokeRefusal } from '../../usecases/realtime/revoke-sessions.ts'
import type { TokenRefusal } from '../../usecases/realtime/verify-token.ts'
import type { RateVerdict } from '../lib/rate-limit.ts'
import { signInUser, type UserSignIn } from '../lib/sign-in-user.ts'
import { bearerOf, type IdentityFault } from '../lib/user-identity.ts'
import { DEVICE_ID_MAX_LENGTH } from './realtime-bootstrap-schema.ts'

export type RealtimeSignOutDeps = UserSignIn & {
  /** Counts a request of a user id. */
  limit(userId: string): RateVerdict | Promise<RateVerdict>
  verifyToken(token: string): Promise<Result<RealtimeToken, TokenRefusal>>
  revoke(input: RevokeInput): Promise<Result<{ tokensRevoked: number }, RevokeRefusal>>
}

/** Web apps of every origin may call. Preflights below `/v1` are answered by the surface that owns the prefix. */
const allowEveryOrigin: onRequestHookHandler = (_request, reply, done) => {
  reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': 'X-Request-ID, Retry-After' })
  done()
}

const STATUS = {
  missing_bearer: 401,
  invalid_token: 401,
  token_expired: 401,
  identity_unconfigured: 503,
  identity_unavailable: 503,
  rate_limited: 429,
  project_required: 400,
  project_unknown: 400,
} as const satisfies Record<
  IdentityFault | TokenRefusal['code'] | ProjectRefusal['code'] | 'missing_bearer' | 'rate_limited',
  number
>

type Refusal = { code: keyof typeof STATUS }

const refused = (description: string, codes: readonly string[]) =>
  Type.Object({ detail: Type.String({ examples: [...codes] }) }, { description })

const schema = {
  operationId: 'endRealtimeSession',
  summary: 'End realtime sessions and revoke their tokens',
  description:
    'With a token of the bootstrap as bearer: of its device. With the token of the user: of the device that is named, or of all.',
  tags: ['Realtime'],
  security: [{ userBearer: [] }, { socketToken: [] }],
  querystring: Type.Object(
    { device_id: Type.Optional(Type.String({ minLength: 1, maxLength: DEVICE_ID_MAX_LENGTH })) },
    { additionalProperties: false },
  ),
  response: {
    204: Type.Null({ description: 'The tokens are worthless, and the sessions end.' }),
    400: refused('The request cannot be read, or it is not clear which project is meant.', ['project_required']),
    401: refused('The caller is not signed in.', ['missing_bearer', 'invalid_token', 'token_expired']),
    422: refused('A parameter is invalid or unknown. The text names it.', ['querystring must not have ...']),
    429: refused('Too many requests of this user in a minute.', ['rate_limited']),
    503: refused('The identity provider is not configured or does not answer.', ['identity_unavailable']),
  },
}

/** Registers `DELETE /v1/sessions/realtime`. */
export function registerRealtimeSignOut(app: FastifyInstance, deps: RealtimeSignOutDeps): void {
  app.register(async (scope) => {
    scope.addHook('onRequest', allowEveryOrigin)
    scope.withTypeProvider<TypeBoxTypeProvider>().delete(
      '/v1/sessions/realtime',
      {
        schema,
        validatorCompiler: TypeBoxValidatorCompiler,
        preValidation: async (request, reply) =>
          // Nothing may be asked for in a body, so that nobody believes that it was done.
          request.body === undefined ? undefined : reply.code(422).send({ detail: 'body: must be empty' }),
      },
      async (request, reply) => {
        const whose = await findOwner(request, deps, request.query.device_id ?? null)
        if (!whose.ok) return refuse(reply, whose.refusal)
        await deps.revoke(whose.value)
        return reply.code(204).send(null)
      },
    )
  })
}

/** Tokens of the bootstrap are one word without dots; those of users are made of three. */
async function findOwner(
  request: FastifyRequest,
  deps: RealtimeSignOutDeps,
  deviceId: string | null,
): Promise<Result<RevokeInput, Refusal>> {
  const bearer = bearerOf(request.headers.authorization)
  if (bearer === null) return { ok: false, refusal: { code: 'missing_bearer' } }
  if (!bearer.includes('.')) {
    const token = await deps.verifyToken(bearer)
    return token.ok ? { ok: true, value: token.value } : token
  }
  const signedIn = await signInUser(bearer, deps)
  if (!signedIn.ok) return { ok: false, refusal: { code: signedIn.code } }
  const { userId, findProject } = signedIn.user
  const verdict = await deps.limit(userId)
  if (!verdict.allowed) return { ok: false, refusal: { code: 'rate_limited' } }
  const project = await findProject(request)
  return project.ok ? { ok: true, value: { projectId: project.value, userId, deviceId } } : project
}

function refuse(reply: FastifyReply, { code }: Refusal): FastifyReply {
  if (STATUS[code] === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(STATUS[code]).send({ detail: code })
}
