import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Result } from '../../core/lib/result.ts'
import type { BootstrapInput, BootstrappedSession } from '../../usecases/realtime/bootstrap-session.ts'
import type { VerifiedDemoToken } from '../lib/demo-token.ts'
import { isDemoToken } from '../lib/demo-token.ts'
import type { RateVerdict } from '../lib/rate-limit.ts'
import { bearerOf, type IdentityVerifier, type VerifiedIdentity } from '../lib/user-identity.ts'
import { bootstrapBodySchema, bootstrapResponseSchema } from './realtime-bootstrap-schema.ts'

/** Far above the largest body that the schema lets through. */
const BODY_MAX_BYTES = 64 * 1024

/** Which project a request is meant for cannot be told. */
export type ProjectRefusal = { code: 'project_required' | 'project_not_found' }

export type RealtimeBootstrapDeps = {
  identity: IdentityVerifier
  /** Demo tokens, when this server has a demo project. They are good for that project only. */
  demo?: { projectId: string; verify(token: string): VerifiedDemoToken } | undefined
  projectFor(request: FastifyRequest): Promise<Result<string, ProjectRefusal>>
  /** Counts a request of a user id. */
  limit(userId: string): RateVerdict | Promise<RateVerdict>
  bootstrap(input: BootstrapInput): Promise<BootstrappedSession>
  /** The address under which clients reach this server, such as `https://purser.example.com`. */
  publicUrl(): string
}

type Caller = { userId: string; projectId: string }

/** Registers `POST /v1/sessions/realtime-bootstrap` and its alias `/v1/sessions/toast-bootstrap`. */
export function registerRealtimeBootstrap(app: FastifyInstance, deps: RealtimeBootstrapDeps): void {
  app.register(async (scope) => {
    scope.decorateRequest('realtimeCaller', null)
    scope.setErrorHandler(answerError)
    addRoute(scope, deps, '/v1/sessions/realtime-bootstrap', {
      operationId: 'bootstrapRealtimeSession',
      summary: 'Start a realtime session',
    })
    addRoute(scope, deps, '/v1/sessions/toast-bootstrap', {
      operationId: 'bootstrapToastSession',
      summary: 'Start a realtime session (alias)',
    })
  })
}

type RouteNames = { operationId: string; summary: string }

function addRoute(scope: FastifyInstance, deps: RealtimeBootstrapDeps, url: string, names: RouteNames): void {
  scope.withTypeProvider<TypeBoxTypeProvider>().route({
    method: 'POST',
    url,
    bodyLimit: BODY_MAX_BYTES,
    validatorCompiler: TypeBoxValidatorCompiler,
    schema: {
      ...names,
      description:
        'Issues a token that opens the realtime WebSocket for the signed-in user, and creates the customer if the ' +
        'user is new. Bootstrap again before `expires_at`.',
      tags: ['Realtime'],
      security: [{ userBearer: [] }],
      body: bootstrapBodySchema,
      response: bootstrapResponseSchema,
    },
    // Before the body is read: a stranger learns nothing about what is wrong with it.
    onRequest: (request, reply) => admit(request, reply, deps),
    preValidation: async (request) => {
      // All fields are optional, so no body is an empty one.
      request.body ??= {}
    },
    handler: async (request, reply) => {
      const { userId, projectId } = request.getDecorator<Caller>('realtimeCaller')
      const { device_id: deviceId, default_topics: defaultTopics } = request.body
      const { token, expiresAt, topics } = await deps.bootstrap({ projectId, userId, deviceId, defaultTopics })
      return reply.header('cache-control', 'no-store').send({
        token,
        ws_url: socketUrl(deps.publicUrl(), token),
        expires_at: new Date(expiresAt).toISOString(),
        topics,
      })
    },
  })
}

/** Signs the caller in, counts the request and finds the project; answers by itself when one of them refuses. */
async function admit(request: FastifyRequest, reply: FastifyReply, deps: RealtimeBootstrapDeps): Promise<unknown> {
  const bearer = bearerOf(request.headers.authorization)
  if (bearer === null) return refuse(reply, 401, 'missing_bearer')
  const demo = isDemoToken(bearer) ? deps.demo : undefined
  const identity: VerifiedIdentity = demo === undefined ? await deps.identity.verify(bearer) : demo.verify(bearer)
  if (!identity.ok) return refuse(reply, identity.code.startsWith('identity_') ? 503 : 401, identity.code)
  const { userId } = identity
  const verdict = await deps.limit(userId)
  reply.headers({
    'ratelimit-limit': verdict.limit,
    'ratelimit-remaining': verdict.remaining,
    'ratelimit-reset': verdict.resetSeconds,
  })
  if (!verdict.allowed) {
    reply.header('retry-after', verdict.retryAfterSeconds ?? verdict.resetSeconds)
    return refuse(reply, 429, 'rate_limited')
  }
  // Whoever can have demo tokens minted can be anybody: the request cannot point one at another project.
  const project = demo === undefined ? await deps.projectFor(request) : ({ ok: true, value: demo.projectId } as const)
  if (!project.ok) return refuse(reply, project.refusal.code === 'project_required' ? 400 : 404, project.refusal.code)
  request.setDecorator<Caller>('realtimeCaller', { userId, projectId: project.value })
}

function refuse(reply: FastifyReply, status: number, detail: string): FastifyReply {
  return reply.code(status).send({ detail })
}

/** Faults of the request get this surface's shape; all others are left to the handler of the server. */
function answerError(error: FastifyError, _request: FastifyRequest, reply: FastifyReply): FastifyReply {
  if (error.validation !== undefined) return refuse(reply, 422, error.message)
  switch (error.statusCode) {
    case 400:
      return refuse(reply, 400, `invalid_body: ${error.message}`)
    case 413:
      return refuse(reply, 413, 'body_too_large')
    case 415:
      return refuse(reply, 415, 'unsupported_media_type')
    default:
      throw error
  }
}

/** The realtime address of a server: `ws` for `http`, `wss` for `https`, below the path that a proxy may add. */
function socketUrl(publicUrl: string, token: string): string {
  const url = new URL(`${publicUrl.replace(/\/+$/, '')}/realtime`)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  url.searchParams.set('token', token)
  return url.href
}
