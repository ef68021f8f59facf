import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { adjustAsOperator } from '../../usecases/operators/adjust-as-operator.ts'
import { callerOf } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { answerWrite } from './answer-write.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { parseAdjust } from './parse-adjust.ts'
import { writeHeaders } from './project-header.ts'
import { AdjustBody, AdjustedWire, adjustToWire, UserAdjustBody, UserIdWire } from './wire/adjust-to-wire.ts'
import { REQUESTED_STATUS, RequestedWire, requestedToWire } from './wire/approval-to-wire.ts'
import { DryRunQuery } from './wire/dry-run.ts'
import { writeRunOf } from './write-run.ts'

const shared = {
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: writeHeaders,
  querystring: DryRunQuery,
  response: { 200: AdjustedWire, 202: RequestedWire, ...errorSchemas(404, 409, 413, 415, 422, 502) },
}

const schema = {
  ...shared,
  operationId: 'adjustBalance',
  summary: 'Grant or deduct credits',
  body: AdjustBody,
}

const userSchema = {
  ...shared,
  operationId: 'adjustBalanceOfUser',
  summary: 'Grant or deduct credits of the user in the path',
  params: Type.Object({ user_id: UserIdWire }),
  body: UserAdjustBody,
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'credits' | 'projectFor' | 'maxAdjust'>

/** `POST /admin/credits/adjust` and `POST /admin/credits/users/{user_id}/adjust`: one operation under two paths. */
export function adjustRoute(app: FastifyInstance, deps: RouteDeps, guard: onRequestAsyncHookHandler): void {
  app.post('/credits/adjust', { schema, onRequest: guard }, (request, reply) => adjust(deps, request, reply, null))
  app.post('/credits/users/:user_id/adjust', { schema: userSchema, onRequest: guard }, (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    return adjust(deps, request, reply, userId)
  })
}

async function adjust(
  deps: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  pathUserId: string | null,
): Promise<unknown> {
  // Node joins repeated headers of this name into one text.
  const headerKey = request.headers['idempotency-key'] as string | undefined
  const run = writeRunOf(deps.ctx, request)
  if (!run.ok) return sendProblems(reply, run.refusal)
  const { ctx, body, isDry } = run.value
  const parsed = parseAdjust({ pathUserId, body, headerKey }, deps)
  if (!parsed.ok) {
    if (parsed.refusal.code === 'fields_invalid') return sendProblems(reply, parsed.refusal.problems)
    return sendError(reply, CODE_OF_REFUSAL[parsed.refusal.code])
  }
  const project = await deps.projectFor(request)
  if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
  const input = { ...parsed.value, projectId: project.value, caller: callerOf(request), requestId: request.id }
  return answerWrite(
    reply,
    () => adjustAsOperator(ctx, (isDry ? deps.credits.dryRun : deps.credits).adjust, input),
    (outcome) => {
      if ('adjusted' in outcome) return adjustToWire(outcome, input.idempotencyKey)
      reply.code(REQUESTED_STATUS)
      return requestedToWire(outcome)
    },
    run.value,
  )
}
