import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { RealtimeToken } from '../../usecases/ports/realtime.ts'
import type { RevokeInput, RevokeRefusal } from '../../usecases/realtime/revoke-sessions.ts'
import type { TokenRefusal } from '../../usecases/realtime/verify-token.ts'
import type { RateVerdict } from '../lib/rate-limit.ts'
import { signInUser, type UserSignIn } from '../lib/sign-in-user.ts'
import { bearerOf } from '../lib/user-identity.ts'
import { DEVICE_ID_MAX_LENGTH } from './realtime-bootstrap-schema.ts'
import { allowEveryOrigin, refuseHurry, refuseUser, type UserRefusalCode, userRefusals } from './refuse-user.ts'

export type RealtimeSignOutDeps = UserSignIn & {
  /** Counts a request of a user id. */
  limit(userId: string): RateVerdict | Promise<RateVerdict>
  verifyToken(token: string): Promise<Result<RealtimeToken, TokenRefusal>>
  revoke(input: RevokeInput): Promise<Result<{ tokensRevoked: number }, RevokeRefusal>>
}

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
    ...userRefusals('querystring must not have ...'),
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
        if (!whose.ok) return whose.refusal(reply)
        await deps.revoke(whose.value)
        return reply.code(204).send(null)
      },
    )
  })
}

type Refuse = (reply: FastifyReply) => FastifyReply

/** Tokens of the bootstrap are one word without dots; those of users are made of three. */
async function findOwner(
  request: FastifyRequest,
  deps: RealtimeSignOutDeps,
  deviceId: string | null,
): Promise<Result<RevokeInput, Refuse>> {
  const because = (code: UserRefusalCode) => refuse<Refuse>((reply) => refuseUser(reply, code))
  const bearer = bearerOf(request.headers.authorization)
  if (bearer === null) return because('missing_bearer')
  if (!bearer.includes('.')) {
    const token = await deps.verifyToken(bearer)
    return token.ok ? ok(token.value) : because(token.refusal.code)
  }
  const signedIn = await signInUser(bearer, deps)
  if (!signedIn.ok) return because(signedIn.code)
  const { userId, findProject } = signedIn.user
  const verdict = await deps.limit(userId)
  if (!verdict.allowed) return refuse((reply) => refuseHurry(reply, verdict))
  const project = await findProject(request)
  return project.ok ? ok({ projectId: project.value, userId, deviceId }) : because(project.refusal.code)
}
