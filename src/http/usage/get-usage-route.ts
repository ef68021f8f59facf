import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { assert } from '../../core/lib/assert.ts'
import { getUsage } from '../../usecases/usage/get-usage.ts'
import { minRevisionQuery, reachRevision } from '../lib/min-revision.ts'
import { admitUser } from './admit.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError } from './errors.ts'
import type { UsageDeps } from './usage-deps.ts'
import { usageSchema, usageToWire } from './usage-to-wire.ts'

const schema = {
  operationId: 'getUsage',
  summary: 'Read what the signed-in user may use, and has used',
  description: 'Changes nothing: a user who was never seen gets the default tier with nothing used.',
  tags: ['Usage'],
  security: [{ userBearer: [] }],
  querystring: Type.Object(minRevisionQuery),
  response: { 200: usageSchema, ...errorSchemas(400, 401, 403, 409, 422, 429, 503) },
}

/** `GET /v1/usage`. */
export function getUsageRoute(app: FastifyInstance, deps: UsageDeps): void {
  app.get('/v1/usage', { schema, onRequest: admitUser(deps, deps.limits.read) }, async (request, reply) => {
    const caller = request.usageCaller
    assert(caller?.kind === 'user', 'only users are admitted')
    await reachRevision(deps.ctx, request.query, { projectId: caller.projectId, appUserId: caller.userId })
    const view = await getUsage(deps.ctx, { projectId: caller.projectId, appUserId: caller.userId })
    if (!view.ok) return sendError(reply, CODE_OF_REFUSAL[view.refusal.code])
    reply.header('x-purser-revision', view.value.revision)
    return usageToWire(view.value)
  })
}
