import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { tellBalance } from '../../core/wallet/tell-balance.ts'
import { explainBalance } from '../../usecases/wallet/explain-balance.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { CURRENCY_PATTERN, currencyProblem } from './field-problems.ts'
import { DEFAULT_CURRENCY } from './parse-adjust.ts'
import { userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'
import { ExplanationWire, explanationToWire } from './wire/explanation-to-wire.ts'

const schema = {
  operationId: 'explainBalance',
  summary: "Explain why a user's balance is what it is",
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ user_id: UserIdWire }),
  querystring: Type.Object({
    currency: Type.Optional(Type.String({ pattern: CURRENCY_PATTERN, default: DEFAULT_CURRENCY })),
  }),
  response: { 200: ExplanationWire, ...errorSchemas(404, 422) },
}

/** `GET /admin/credits/users/{user_id}/explain`. */
export function explainRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/credits/users/:user_id/explain', { schema, onRequest: guard }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const { currency = DEFAULT_CURRENCY } = request.query as { currency?: string }
    const problems = Object.entries({ user_id: userIdProblem(userId), currency: currencyProblem(currency) }).flatMap(
      ([name, problem]) => (problem === null ? [] : [`${name}: ${problem}`]),
    )
    if (problems.length > 0) return sendProblems(reply, problems)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const found = await explainBalance(ctx, { projectId: project.value, appUserId: userId, currency })
    if (!found.ok) return sendError(reply, CODE_OF_REFUSAL[found.refusal.code])
    const { explanation, revision } = found.value
    reply.header('x-purser-revision', revision)
    return explanationToWire(explanation, userId, tellBalance(explanation, userId))
  })
}
