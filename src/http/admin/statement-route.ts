import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { parseIsoTime } from '../../core/lib/iso-time.ts'
import { readStatement } from '../../usecases/wallet/read-statement.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { CURRENCY_PATTERN, currencyProblem } from './field-problems.ts'
import { timeProblem } from './parse-history-query.ts'
import { userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'
import { StatementWire, statementToWire } from './wire/statement-to-wire.ts'

const schema = {
  operationId: 'getStatement',
  summary: 'Read what a user had at a moment',
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ user_id: UserIdWire }),
  querystring: Type.Object({
    at: Type.Optional(Type.String({ format: 'date-time', description: 'The moment; now when left out.' })),
    currency: Type.Optional(Type.String({ pattern: CURRENCY_PATTERN })),
  }),
  response: { 200: StatementWire, ...errorSchemas(404, 422) },
}

/** `GET /admin/credits/users/{user_id}/statement`. */
export function statementRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/credits/users/:user_id/statement', { schema, onRequest: guard }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const { at, currency } = request.query as { at?: string; currency?: string }
    const problems = Object.entries({
      user_id: userIdProblem(userId),
      at: timeProblem(at),
      currency: currencyProblem(currency),
    }).flatMap(([name, problem]) => (problem === null ? [] : [`${name}: ${problem}`]))
    if (problems.length > 0) return sendProblems(reply, problems)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const found = await readStatement(ctx, {
      projectId: project.value,
      appUserId: userId,
      at: at === undefined ? null : parseIsoTime(at),
      currency: currency ?? null,
    })
    if (!found.ok) {
      if (found.refusal.code === 'moment_ahead') return sendProblems(reply, ['at: must not be in the future'])
      return sendError(reply, CODE_OF_REFUSAL[found.refusal.code])
    }
    reply.header('x-purser-revision', found.value.revision)
    return statementToWire(found.value, userId)
  })
}
