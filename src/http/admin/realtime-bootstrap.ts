import cors, { type FastifyCorsOptions } from '@fastify/cors'
import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Result } from '../../core/lib/result.ts'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'
import type { BootstrapInput, BootstrappedSession } from '../../usecases/realtime/bootstrap-session.ts'
import { isDemoToken, type VerifiedDemoToken } from '../lib/demo-token.ts'
import type { RateVerdict } from '../lib/rate-limit.ts'
import { forbidCaching } from '../lib/security-headers.ts'
import { bearerOf, type IdentityVerifier, type VerifiedIdentity } from '../lib/user-identity.ts'
import { bootstrapBodySchema, bootstrapResponseSchema } from './realtime-bootstrap-schema.ts'
import { refuseUser } from './refuse-user.ts'

/** Far above the largest body that the schema lets through. */
const BODY_MAX_BYTES = 64 * 1024

/**
 * Web apps of every origin may call: they send a bearer and no cookie. Preflights below `/v1` are answered by the
 * surface that owns the prefix.
 */
const CROSS_ORIGIN: FastifyCorsOptions = {
  origin: '*',
  preflight: false,
  exposedHeaders: ['X-Request-ID', 'Retry-After', 'RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset'],
}

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
    await scope.register(cors, CROSS_ORIGIN)
    scope.addHook('onRequest', forbidCaching)
    scope.decorateRequest('realtimeCaller', null)
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
      return reply.send({
        token,
        ws_url: realtimeUrl(deps.publicUrl(), '', { scheme: 'ws', token }),
        events_url: realtimeUrl(deps.publicUrl(), '/events', { scheme: 'http', token }),
        poll_url: realtimeUrl(deps.publicUrl(), '/poll', { scheme: 'http', token: null }),
        expires_at: new Date(expiresAt).toISOString(),
        topics,
      })
    },
  })
}

/** Signs the caller in, counts the request and finds the project; answers by itself when one of them refuses. */
async function admit(request: FastifyRequest, reply: FastifyReply, deps: RealtimeBootstrapDeps): Promise<unknown> {
  const bearer = bearerOf(request.headers.authorization)
  if (bearer === null) return refuseUser(reply, 'missing_bearer')
  const demo = isDemoToken(bearer) ? deps.demo : undefined
  const identity: VerifiedIdentity = demo === undefined ? await deps.identity.verify(bearer) : demo.verify(bearer)
  if (!identity.ok) return refuseUser(reply, identity.code)
  const { userId } = identity
  const verdict = await deps.limit(userId)
  reply.headers({
    'ratelimit-limit': verdict.limit,
    'ratelimit-remaining': verdict.remaining,
    'ratelimit-reset': verdict.resetSeconds,
  })
  if (!verdict.allowed) {
    const seconds = verdict.retryAfterSeconds ?? verdict.resetSeconds
    reply.header('retry-after', seconds)
    return refuseUser(reply, 'rate_limited', `${verdict.limit} a minute; try again in ${seconds} s`)
  }
  // Whoever can have demo tokens minted can be anybody: the request cannot point one at another project.
  const project = demo === undefined ? await deps.projectFor(request) : ({ ok: true, value: demo.projectId } as const)
  if (!project.ok) return refuseUser(reply, project.refusal.code)
  request.setDecorator<Caller>('realtimeCaller', { userId, projectId: project.value })
}

/** A realtime address of a server: as secure as its public one, and below the path that a proxy may add. */
function realtimeUrl(
  publicUrl: string,
  path: string,
  { scheme, token }: { scheme: 'ws' | 'http'; token: string | null },
): string {
  const url = new URL(`${publicUrl.replace(/\/+$/, '')}/realtime${path}`)
  url.protocol = url.protocol === 'https:' ? `${scheme}s:` : `${scheme}:`
  if (token !== null) url.searchParams.set('token', token)
  return url.href
}
