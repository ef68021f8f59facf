import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { DeviceInput } from '../../usecases/push/register-device.ts'
import type { RateVerdict } from '../lib/rate-limit.ts'
import { signInUser, type UserSignIn } from '../lib/sign-in-user.ts'
import { bearerOf } from '../lib/user-identity.ts'
import { DEVICE_ID_MAX_LENGTH } from './realtime-bootstrap-schema.ts'
import { allowEveryOrigin, refuseHurry, refuseUser, userRefusals } from './refuse-user.ts'

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

const refusals = userRefusals('body/push_token must match pattern')
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
  if (bearer === null) return refuseUser(reply, 'missing_bearer')
  const signedIn = await signInUser(bearer, deps)
  if (!signedIn.ok) return refuseUser(reply, signedIn.code)
  const { userId, findProject } = signedIn.user
  const verdict = await deps.limit(userId)
  if (!verdict.allowed) return refuseHurry(reply, verdict)
  const project = await findProject(request)
  if (!project.ok) return refuseUser(reply, project.refusal.code)
  request.setDecorator<Owner>('deviceOwner', { projectId: project.value, userId })
}
