import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { tellAccess } from '../../core/entitlements/tell-access.ts'
import { explainAccess } from '../../usecases/purchases/explain-access.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { isLongerThan, isPlainText, userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { AccessWire, accessToWire } from './wire/access-to-wire.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'

/** Longer than any lookup key. */
const ENTITLEMENT_MAX_LENGTH = 200

const schema = {
  operationId: 'explainAccess',
  summary: 'Explain why a user has access or not',
  description:
    'The facts of the stores, how each purchase came to the user, what stands for an entitlement, and units.',
  tags: ['Customers'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ user_id: UserIdWire }),
  querystring: Type.Object({
    entitlement: Type.Optional(
      Type.String({ description: 'One entitlement, also when nothing gives it.', maxLength: ENTITLEMENT_MAX_LENGTH }),
    ),
  }),
  response: { 200: AccessWire, ...errorSchemas(404, 422) },
}

/** `GET /admin/customers/{user_id}/access`. */
export function explainAccessRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/customers/:user_id/access', { schema, onRequest: guard }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const { entitlement = null } = request.query as { entitlement?: unknown }
    const problems = [
      ...problem('user_id', userIdProblem(userId)),
      ...problem('entitlement', entitlementProblem(entitlement)),
    ]
    if (problems.length > 0) return sendProblems(reply, problems)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const question = { projectId: project.value, appUserId: userId, entitlement: entitlement as string | null }
    const found = await explainAccess(ctx, question)
    if (!found.ok) return sendError(reply, CODE_OF_REFUSAL[found.refusal.code])
    if (found.value.known !== null) reply.header('x-purser-revision', found.value.known.customer.revision)
    return accessToWire(found.value, userId, tellAccess(found.value, userId))
  })
}

function entitlementProblem(value: unknown): string | null {
  if (value === null) return null
  const isKey =
    typeof value === 'string' && value !== '' && isPlainText(value) && !isLongerThan(value, ENTITLEMENT_MAX_LENGTH)
  return isKey ? null : `must be a text of 1 to ${ENTITLEMENT_MAX_LENGTH} characters`
}

function problem(field: string, text: string | null): string[] {
  return text === null ? [] : [`${field}: ${text}`]
}
