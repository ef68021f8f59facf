import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { listHolds } from '../../usecases/wallet/list-holds.ts'
import { minRevisionQuery, reachRevision } from '../lib/min-revision.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'
import { HoldWire, holdToWire } from './wire/hold-to-wire.ts'

const schema = {
  operationId: 'listHolds',
  summary: "Read one user's holds, the newest first",
  tags: ['Holds'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ user_id: UserIdWire }),
  querystring: Type.Object({
    ...minRevisionQuery,
    status: Type.Optional(
      Type.Union([Type.Literal('open'), Type.Literal('all')], { default: 'open', description: 'Which holds to list.' }),
    ),
  }),
  response: {
    200: Type.Object({ user_id: Type.String(), items: Type.Array(HoldWire) }, { description: 'At most 200 holds.' }),
    ...errorSchemas(404, 409, 422),
  },
}

/** `GET /admin/credits/users/{user_id}/holds`. */
export function holdListRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/credits/users/:user_id/holds', { schema, onRequest: guard }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const problem = userIdProblem(userId)
    if (problem !== null) return sendProblems(reply, [`user_id: ${problem}`])
    const { status = 'open' } = request.query as { status?: unknown }
    if (status !== 'open' && status !== 'all') return sendProblems(reply, ['status: must be open or all'])
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    await reachRevision(ctx, request.query, { projectId: project.value, appUserId: userId })
    const found = await listHolds(ctx, { projectId: project.value, appUserId: userId, isOpen: status === 'open' })
    if (!found.ok) return sendError(reply, CODE_OF_REFUSAL[found.refusal.code])
    reply.header('x-purser-revision', found.value.revision)
    return { user_id: userId, items: found.value.holds.map(holdToWire) }
  })
}
