import helmet from '@fastify/helmet'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { receiveEvent } from '../../usecases/incoming/receive-event.ts'
import { parseJsonBody } from '../lib/json-body.ts'
import { requestFaultOf } from '../lib/request-fault.ts'
import { apiHeaders, forbidCaching } from '../lib/security-headers.ts'
import { nameSurface } from '../lib/surface.ts'
import { judgeSecret } from './secrets.ts'
import { isSigned } from './signature.ts'
import type { WebhookDeps } from './webhook-deps.ts'
import { type Refuse, refuseWith } from './webhook-errors.ts'

/** An event has 2 to 5 KB; one whose customer has every attribute that RevenueCat allows stays below this. */
const BODY_MAX_BYTES = 262_144

const PATH = '/webhooks/revenuecat'
const PROJECT_PATH = `${PATH}/:project_id`

/**
 * Where a hosted RevenueCat tells what happened to purchases. An event is kept, then answered with 200; what follows from
 * it is done afterwards. Register it without a prefix.
 */
export async function revenuecatWebhookSurface(app: FastifyInstance, deps: WebhookDeps): Promise<void> {
  nameSurface(app, 'revenuecat-webhook')
  await app.register(helmet, apiHeaders(undefined))
  app.addHook('onRequest', forbidCaching)
  const refuse = refuseWith(deps.onRefusal)
  app.setErrorHandler((error, request, reply) => answerThrown(error, request, reply, refuse))
  // The signature is of the bytes, so nothing may be read into them before it is checked.
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))
  for (const url of [PATH, PROJECT_PATH]) {
    app.post(
      url,
      { schema: { hide: true }, bodyLimit: BODY_MAX_BYTES, onRequest: guardOf(deps, refuse) },
      handlerOf(deps, refuse),
    )
    app.route({
      url,
      method: ['GET', 'PUT', 'PATCH', 'DELETE'],
      schema: { hide: true },
      onRequest: async (_request, reply) => refuse(reply.header('allow', 'POST'), 'method_not_allowed'),
      // The hook has answered; a route needs a handler all the same.
      handler: async (_request, reply) => reply,
    })
  }
}

function guardOf({ secrets }: WebhookDeps, refuse: Refuse) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (secrets.length === 0) {
      request.log.warn('PURSER_REVENUECAT_WEBHOOK_SECRET is not set: the webhook is closed')
      return refuse(reply, 'webhook_unconfigured')
    }
    const verdict = judgeSecret(secrets, request.headers.authorization)
    if (verdict === 'right') return undefined
    if (verdict === 'wrong') return refuse(reply, 'invalid_webhook_secret')
    return refuse(reply.header('www-authenticate', 'Bearer'), 'missing_bearer')
  }
}

function handlerOf(deps: WebhookDeps, refuse: Refuse) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
    if (!isRightlySigned(deps, request, bytes)) return refuse(reply, 'invalid_signature')
    const body = jsonOf(bytes)
    if (body === undefined) return refuse(reply, 'invalid_payload')
    const { project_id: named } = request.params as { project_id?: string }
    const project = await deps.projectNamed(named ?? null)
    if (!project.ok && project.refusal.code === 'project_unknown') return refuse(reply, 'project_unknown')
    if (!project.ok) {
      request.log.warn(`there is not exactly one project: use ${PATH}/<project id> as the address of the webhook`)
      return refuse(reply, 'webhook_unconfigured')
    }
    const received = await receiveEvent(deps.ctx, { projectId: project.value, body, bodyText: bytes.toString('utf8') })
    if (!received.ok) return refuse(reply, received.refusal.code)
    const { eventId, type, duplicate } = received.value
    request.log.debug({ eventId, type, duplicate }, 'an event of RevenueCat was kept')
    return reply.send({ ok: true, duplicate })
  }
}

function isRightlySigned({ ctx, signingSecrets }: WebhookDeps, request: FastifyRequest, bytes: Buffer): boolean {
  if (signingSecrets.length === 0) return true
  const header = request.headers['x-revenuecat-webhook-signature']
  return isSigned(header, bytes, { secrets: signingSecrets, now: ctx.clock.now() })
}

/** The parsed body; undefined when it is empty or cannot be used. */
function jsonOf(bytes: Buffer): unknown {
  try {
    return parseJsonBody(bytes)
  } catch {
    return undefined
  }
}

function answerThrown(error: unknown, request: FastifyRequest, reply: FastifyReply, refuse: Refuse): FastifyReply {
  const fault = requestFaultOf(error)
  if (fault !== null) return refuse(reply, fault.status === 413 ? 'body_too_large' : 'invalid_payload')
  request.log.error({ err: error }, 'an event of RevenueCat could not be kept')
  return reply.code(500).send({ detail: 'internal_error', request_id: request.id })
}
