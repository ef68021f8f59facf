import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'
import type { DeviceInput } from '../../usecases/push/register-device.ts'
import type { RateVerdict } from '../lib/rate-limit.ts'
import { signInUser, type UserSignIn } from '../lib/sign-in-user.ts'
import { bearerOf, type IdentityFault } from '../lib/user-identity.ts'
import { DEVICE_ID_MAX_LENGTH } from './realtime-bootstrap-schema.ts'

export type DeviceDeps = UserSignIn & {
  /** Counts a request of a user id. */
  limit(userId: string): RateVerdict | Promise<RateVerdict>
  registerDevice(input: DeviceInput): Promise<void>
  unregisterDevice(input: Pick<DeviceInput, 'projectId' | 'userId' | 'deviceId'>): Promise<unknown>
}

/** Fields are few and short. */
const BODY_MAX_BYTES = 8_192

/** Apple calls the length variable; today it is 64 digits. */
const PUSH_TOKEN_PATTERN = '^([0-9a-fA-F]{2}){16,100}$'
/** Printable, so that it can be a key; control characters cannot be stored or logged well. */
const DEVICE_ID_PATTERN = '^[^\\u0000-\\u001f\\u007f-\\u009f\\ud800-\\udfff]+$'
const BUNDLE_ID_PATTERN = '^[A-Za-z0-9.-]{1,155}$'

const STATUS = {
  missing_bearer: 401,
  invalid_token: 401,
  token_expired: 401,
  identity_unconfigured: 503,
  identity_unavailable: 503,
  rate_limited: 429,
  project_required: 400,
  project_unknown: 400,
} as const satisfies Record<IdentityFault | ProjectRefusal['code'] | 'missing_bearer' | 'rate_limited', number>

const refused = (description: string, codes: readonly string[]) =>
  Type.Object({ detail: Type.String({ examples: [...codes] }) }, { description })

const refusals = {
  400: refused('The request cannot be read, or it is not clear which project is meant.', ['project_required']),
  401: refused('The caller is not signed in.', ['missing_bearer', 'invalid_token', 'token_expired']),
  422: refused('A field is invalid or unknown. The text names it.', ['body/push_token must match pattern']),
  429: refused('Too many requests of this user in a minute.', ['rate_limited']),
  503: refused('The identity provider is not configured or does not answer.', ['identity_unavailable']),
}

const shared = { tags: ['Devices'], security: [{ userBearer: [] }] }

const deviceId = Type.String({ pattern: DEVICE_ID_PATTERN, minLength: 1, maxLength: DEVICE_ID_MAX_LENGTH })

const registerSchema = {
  ...shared,
  operationId: 'registerDevice',
  summary: 'Register a device for background pushes',
  description:
    'Or renew it: call it whenever the system gives the app a token. The token is taken from whoever had it before.',
  body: Type.Object(
    {
      device_id: deviceId,
      platform: Type.Literal('ios'),
      push_token: Type.String({ pattern: PUSH_TOKEN_PATTERN, description: 'In hexadecimal digits.' }),
      bundle_id: Type.String({ pattern: BUNDLE_ID_PATTERN }),
    },
    { additionalProperties: false },
  ),
  response: { 204: Type.Null({ description: 'The device is registered.' }), ...refusals },
}

const removeSchema = {
  ...shared,
  operationId: 'unregisterDevice',
  summary: 'End the registration of a device',
  params: Type.Object({ device_id: deviceId }),
  response: { 204: Type.Null({ description: 'The device is not registered, whether or not it was.' }), ...refusals },
}

/** A bearer and no cookie is what signs a user in, so any page may call. */
const allowEveryOrigin: onRequestHookHandler = (_request, reply, done) => {
  reply.headers({ 'access-control-allow-origin': '*', 'access-control-expose-headers': 'X-Request-ID, Retry-After' })
  done()
}

/** Registers `POST /v1/devices` and `DELETE /v1/devices/{device_id}`. */
export function registerDeviceRoutes(app: FastifyInstance, deps: DeviceDeps): void {
  app.register(async (scope) => {
    scope.addHook('onRequest', allowEveryOrigin)
    scope.decorateRequest('deviceOwner', null)
    const routes = scope.withTypeProvider<TypeBoxTypeProvider>()
    const options = {
      bodyLimit: BODY_MAX_BYTES,
      validatorCompiler: TypeBoxValidatorCompiler,
      // Before a body is read: a stranger learns nothing about what is wrong with it.
      onRequest: (request: FastifyRequest, reply: FastifyReply) => admit(request, reply, deps),
    }
    routes.post('/v1/devices', { ...options, schema: registerSchema }, async (request, reply) => {
      const { device_id: id, push_token: pushToken, bundle_id: bundleId, platform } = request.body
      const device = { deviceId: id, platform, pushToken: pushToken.toLowerCase(), bundleId }
      await deps.registerDevice({ ...request.getDecorator<Owner>('deviceOwner'), ...device })
      return reply.code(204).send(null)
    })
    routes.delete('/v1/devices/:device_id', { ...options, schema: removeSchema }, async (request, reply) => {
      const owner = request.getDecorator<Owner>('deviceOwner')
      await deps.unregisterDevice({ ...owner, deviceId: request.params.device_id })
      return reply.code(204).send(null)
    })
  })
}

type Owner = { projectId: string; userId: string }

/** Signs the caller in, counts the request and finds the project; answers by itself when one of them refuses. */
async function admit(request: FastifyRequest, reply: FastifyReply, deps: DeviceDeps): Promise<unknown> {
  const bearer = bearerOf(request.headers.authorization)
  if (bearer === null) return refuse(reply, 'missing_bearer')
  const signedIn = await signInUser(bearer, deps)
  if (!signedIn.ok) return refuse(reply, signedIn.code)
  const { userId, findProject } = signedIn.user
  const verdict = await deps.limit(userId)
  if (!verdict.allowed) {
    return refuse(reply.header('retry-after', verdict.retryAfterSeconds ?? verdict.resetSeconds), 'rate_limited')
  }
  const project = await findProject(request)
  if (!project.ok) return refuse(reply, project.refusal.code)
  request.setDecorator<Owner>('deviceOwner', { projectId: project.value, userId })
}

function refuse(reply: FastifyReply, code: keyof typeof STATUS): FastifyReply {
  if (STATUS[code] === 401) reply.header('www-authenticate', 'Bearer')
  return reply.code(STATUS[code]).send({ detail: code })
}
