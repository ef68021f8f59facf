import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { issueToken, revokeTokens } from '../../usecases/operators/change-operators.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import type { AdminGuard } from './guard.ts'
import { endOf, reachOf } from './operators-routes.ts'
import { parseTokenLife } from './parse-operator.ts'
import { projectHeader } from './project-header.ts'
import { IssueTokenBody, NewTokenWire, newTokenToWire } from './wire/operator-to-wire.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

const CREATED = 201

const shared = { tags: ['Operators'], security: [{ adminSecret: [] }], headers: Type.Object(projectHeader) }
const operatorId = { operator_id: Type.String() }
const revoked = Type.Object({ revoked: Type.Integer() }, { description: 'How many tokens were ended.' })

const issueSchema = {
  ...shared,
  operationId: 'issueOperatorToken',
  summary: 'Give an operator one more token; the others stay good',
  params: Type.Object(operatorId),
  body: Type.Optional(IssueTokenBody),
  response: { [CREATED]: NewTokenWire, ...errorSchemas(404, 413, 415, 422) },
}
const revokeSchema = {
  ...shared,
  operationId: 'revokeOperatorToken',
  summary: 'End a token of an operator',
  params: Type.Object({ ...operatorId, token_id: Type.String() }),
  response: { 200: revoked, ...errorSchemas(404) },
}
const revokeAllSchema = {
  ...shared,
  operationId: 'revokeOperatorTokens',
  summary: 'End all tokens of an operator',
  params: Type.Object(operatorId),
  response: { 200: revoked, ...errorSchemas(404) },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'limits' | 'tokenSecrets'>

/** `POST` and `DELETE /admin/operators/{operator_id}/tokens`, `DELETE /admin/operators/{operator_id}/tokens/{token_id}`. */
export function operatorTokenRoutes(app: FastifyInstance, deps: RouteDeps, guard: AdminGuard): void {
  const { ctx, tokenSecrets, limits } = deps
  const onRequest = guard(limits.adjust, 'manage')
  app.post('/operators/:operator_id/tokens', { schema: issueSchema, onRequest }, async (request, reply) => {
    const { operator_id } = request.params as { operator_id: string }
    const life = parseTokenLife(request.body)
    if (!life.ok) return sendProblems(reply, life.refusal)
    if (!isPlausibleId(operator_id)) return sendError(reply, 'operator_not_found')
    const order = { operatorId: operator_id, reach: reachOf(request), expiresAt: endOf(ctx, life.value) }
    const issued = await issueToken(ctx, tokenSecrets, order)
    if (!issued.ok) return sendError(reply, CODE_OF_REFUSAL[issued.refusal.code])
    return reply.code(CREATED).send(newTokenToWire(issued.value))
  })
  app.delete(
    '/operators/:operator_id/tokens/:token_id',
    { schema: revokeSchema, onRequest },
    async (request, reply) => {
      const { operator_id, token_id } = request.params as { operator_id: string; token_id: string }
      if (!isPlausibleId(operator_id)) return sendError(reply, 'operator_not_found')
      if (!isPlausibleId(token_id)) return sendError(reply, 'token_not_found')
      const order = { operatorId: operator_id, reach: reachOf(request), tokenId: token_id }
      const ended = await revokeTokens(ctx, order)
      return ended.ok ? { revoked: ended.value } : sendError(reply, CODE_OF_REFUSAL[ended.refusal.code])
    },
  )
  app.delete('/operators/:operator_id/tokens', { schema: revokeAllSchema, onRequest }, async (request, reply) => {
    const { operator_id } = request.params as { operator_id: string }
    if (!isPlausibleId(operator_id)) return sendError(reply, 'operator_not_found')
    const ended = await revokeTokens(ctx, { operatorId: operator_id, reach: reachOf(request), tokenId: null })
    return ended.ok ? { revoked: ended.value } : sendError(reply, CODE_OF_REFUSAL[ended.refusal.code])
  })
}
