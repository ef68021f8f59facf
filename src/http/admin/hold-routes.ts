import type { FastifyInstance, FastifyReply, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { Result } from '../../core/lib/result.ts'
import { authoriseHold } from '../../usecases/wallet/authorise-hold.ts'
import { changeHold, type HoldOrder } from '../../usecases/wallet/change-hold.ts'
import { writerOf } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { answerWrite } from './answer-write.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { parseAuthorise, parseHoldChange } from './parse-hold.ts'
import { userIdProblem } from './parse-user-id.ts'
import { writeHeaders } from './project-header.ts'
import type { KeyedFault } from './read-keyed-fields.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'
import { DryRunQuery } from './wire/dry-run.ts'
import { AuthoriseBody, ChangedHoldWire, HOLD_BODIES, holdOutcomeToWire } from './wire/hold-to-wire.ts'
import { isPlausibleId } from './wire/transaction-id.ts'
import { writeRunOf } from './write-run.ts'

/** What can be done with a hold; each is a path below it. */
export const HOLD_ACTIONS = ['capture', 'void', 'extend'] as const satisfies ReadonlyArray<HoldOrder['kind']>

const SUMMARIES: Record<HoldOrder['kind'], string> = {
  capture: 'Use units of a hold',
  void: 'Release a hold',
  extend: 'Keep a hold for longer',
}

const shared = {
  tags: ['Holds'],
  security: [{ adminSecret: [] }],
  headers: writeHeaders,
  querystring: DryRunQuery,
  response: { 200: ChangedHoldWire, ...errorSchemas(404, 409, 413, 415, 422) },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'projectFor' | 'maxAdjust'>

/** `POST /admin/credits/users/{user_id}/holds` and `POST /admin/credits/holds/{id}/{capture|void|extend}`. */
export function holdRoutes(app: FastifyInstance, deps: RouteDeps, guard: onRequestAsyncHookHandler): void {
  const schema = {
    ...shared,
    operationId: 'authoriseHold',
    summary: 'Set units of a user aside',
    params: Type.Object({ user_id: UserIdWire }),
    body: AuthoriseBody,
  }
  app.post('/credits/users/:user_id/holds', { schema, onRequest: guard }, (request, reply) =>
    authorise(deps, request, reply),
  )
  for (const kind of HOLD_ACTIONS) actionRoute(app, deps, guard, kind)
}

function actionRoute(
  app: FastifyInstance,
  deps: RouteDeps,
  guard: onRequestAsyncHookHandler,
  kind: HoldOrder['kind'],
): void {
  const schema = {
    ...shared,
    operationId: `${kind}Hold`,
    summary: SUMMARIES[kind],
    params: Type.Object({ hold_id: Type.String() }),
    body: HOLD_BODIES[kind],
  }
  app.post(`/credits/holds/:hold_id/${kind}`, { schema, onRequest: guard }, (request, reply) =>
    change(deps, request, reply, kind),
  )
}

async function authorise(deps: RouteDeps, request: FastifyRequest, reply: FastifyReply): Promise<unknown> {
  const { user_id: userId } = request.params as { user_id: string }
  const problem = userIdProblem(userId)
  if (problem !== null) return sendProblems(reply, [`user_id: ${problem}`])
  const run = writeRunOf(deps.ctx, request)
  if (!run.ok) return sendProblems(reply, run.refusal)
  const parsed = parseAuthorise(run.value.body, headerKeyOf(request), deps)
  if (!parsed.ok) return sendFault(reply, parsed)
  const project = await deps.projectFor(request)
  if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
  const input = { ...parsed.value, userId, projectId: project.value, ...writerOf(deps.ctx, request) }
  return answerWrite(
    reply,
    () => authoriseHold(run.value.ctx, input),
    (outcome) => holdOutcomeToWire(outcome, input.idempotencyKey),
    run.value,
  )
}

async function change(
  deps: RouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  kind: HoldOrder['kind'],
): Promise<unknown> {
  const { hold_id: holdId } = request.params as { hold_id: string }
  if (!isPlausibleId(holdId)) return sendError(reply, 'hold_not_found')
  const run = writeRunOf(deps.ctx, request)
  if (!run.ok) return sendProblems(reply, run.refusal)
  const parsed = parseHoldChange(kind, run.value.body, headerKeyOf(request), deps)
  if (!parsed.ok) return sendFault(reply, parsed)
  const project = await deps.projectFor(request)
  if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
  const input = { ...parsed.value, holdId, projectId: project.value, ...writerOf(deps.ctx, request) }
  return answerWrite(
    reply,
    () => changeHold(run.value.ctx, input),
    (outcome) => holdOutcomeToWire(outcome, input.idempotencyKey),
    run.value,
  )
}

function sendFault(reply: FastifyReply, { refusal }: Result<never, KeyedFault> & { ok: false }): FastifyReply {
  if (refusal.code === 'fields_invalid') return sendProblems(reply, refusal.problems)
  return sendError(reply, CODE_OF_REFUSAL[refusal.code])
}

/** Node joins repeated headers of this name into one text. */
function headerKeyOf(request: FastifyRequest): string | undefined {
  return request.headers['idempotency-key'] as string | undefined
}
