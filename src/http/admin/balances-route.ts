import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { minRevisionQuery, reachRevision } from '../lib/min-revision.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { parseBalancesQuery } from './parse-balances-query.ts'
import { userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { noteOf } from './refusal-note.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'

const schema = {
  operationId: 'listBalances',
  summary: "Read one user's balances",
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ user_id: UserIdWire }),
  querystring: Type.Object({
    ...minRevisionQuery,
    include_empty: Type.Optional(Type.Boolean({ default: false, description: 'Also list balances of zero.' })),
    include_empty_balances: Type.Optional(Type.Boolean({ description: 'Another name of include_empty.' })),
  }),
  response: {
    200: Type.Object(
      {
        user_id: Type.String(),
        items: Type.Array(
          Type.Object({
            code: Type.String(),
            name: Type.String(),
            description: Type.Union([Type.String(), Type.Null()]),
            balance: Type.Integer(),
          }),
        ),
      },
      { description: 'The balances, one for each currency.' },
    ),
    ...errorSchemas(404, 409, 422, 502),
  },
}

/** `GET /admin/credits/users/{user_id}/balances`. */
export function balancesRoute(
  app: FastifyInstance,
  { ctx, credits, projectFor }: Pick<AdminDeps, 'ctx' | 'credits' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/credits/users/:user_id/balances', { schema, onRequest: guard }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const problem = userIdProblem(userId)
    if (problem !== null) return sendProblems(reply, [`user_id: ${problem}`])
    const query = parseBalancesQuery(request.query as Record<string, unknown>)
    if (!query.ok) return sendProblems(reply, [query.refusal])
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    await reachRevision(ctx, request.query, { projectId: project.value, appUserId: userId })
    const found = await credits.balances({ projectId: project.value, appUserId: userId, ...query.value })
    if (!found.ok) return sendError(reply, CODE_OF_REFUSAL[found.refusal.code], noteOf(found.refusal))
    reply.header('x-purser-revision', found.value.revision)
    return {
      user_id: userId,
      items: found.value.balances.map(({ currency: { code, name, description }, balance }) => ({
        code,
        name,
        description,
        balance,
      })),
    }
  })
}
