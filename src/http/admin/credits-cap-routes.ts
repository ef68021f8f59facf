import type { FastifyInstance, FastifyReply, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { Result } from '../../core/lib/result.ts'
import { type CreditsCapView, readCreditsCap } from '../../usecases/usage/read-credits-cap.ts'
import { setCreditsCap } from '../../usecases/usage/set-credits-cap.ts'
import { actorOfRequest } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { parseCreditsCap } from './parse-credits-cap.ts'
import { userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'
import { CreditsCapBody, CreditsCapWire, creditsCapToWire } from './wire/credits-cap-to-wire.ts'

const PATH = '/usage/users/:user_id/credits-cap'

const shared = {
  tags: ['Usage'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ user_id: UserIdWire }),
}

/** `GET` and `PUT /admin/usage/users/{user_id}/credits-cap`: a cap of credits for one customer alone. */
export function creditsCapRoutes(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guards: { read: onRequestAsyncHookHandler; manage: onRequestAsyncHookHandler },
): void {
  const read = {
    ...shared,
    operationId: 'getCreditsCap',
    summary: "Read one user's cap of credits, and who decided it",
    response: { 200: CreditsCapWire, ...errorSchemas(404, 422) },
  }
  app.get(PATH, { schema: read, onRequest: guards.read }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const problem = userIdProblem(userId)
    if (problem !== null) return sendProblems(reply, [`user_id: ${problem}`])
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    return answer(reply, userId, await readCreditsCap(ctx, { projectId: project.value, userId }))
  })
  const change = {
    ...shared,
    operationId: 'setCreditsCap',
    summary: "Set or clear one user's cap of credits",
    description: "It replaces the tier's cap of credits in every period, the running one included, and no other cap.",
    body: CreditsCapBody,
    response: { 200: CreditsCapWire, ...errorSchemas(404, 413, 415, 422) },
  }
  app.put(PATH, { schema: change, onRequest: guards.manage }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const problem = userIdProblem(userId)
    const parsed = parseCreditsCap(request.body)
    if (problem !== null) return sendProblems(reply, [`user_id: ${problem}`, ...(parsed.ok ? [] : parsed.refusal)])
    if (!parsed.ok) return sendProblems(reply, parsed.refusal)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const by = { actor: actorOfRequest(request), requestId: request.id }
    return answer(reply, userId, await setCreditsCap(ctx, { projectId: project.value, userId, ...parsed.value, ...by }))
  })
}

function answer(reply: FastifyReply, userId: string, outcome: Result<CreditsCapView, { code: 'customer_not_found' }>) {
  if (!outcome.ok) return sendError(reply, CODE_OF_REFUSAL[outcome.refusal.code])
  return reply.header('x-purser-revision', outcome.value.revision).send(creditsCapToWire(userId, outcome.value))
}
