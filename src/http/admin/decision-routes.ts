import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { approveAdjust, rejectAdjust } from '../../usecases/operators/decide-approval.ts'
import { callerOf } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { answerWrite } from './answer-write.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import type { AdminGuard } from './guard.ts'
import { agreementProblems, parseRejection } from './parse-approval.ts'
import { projectHeader } from './project-header.ts'
import { noteOf } from './refusal-note.ts'
import { ReasonWire } from './wire/adjust-to-wire.ts'
import { ApprovalWire, ApprovedWire, approvalToWire } from './wire/approval-to-wire.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

const shared = {
  tags: ['Approvals'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ approval_id: Type.String() }),
}
const errors = errorSchemas(404, 409, 413, 415, 422)

const approveSchema = {
  ...shared,
  operationId: 'approveAdjust',
  summary: 'Agree to a change, and make it',
  response: { 200: ApprovedWire, ...errors },
}
const rejectSchema = {
  ...shared,
  operationId: 'rejectAdjust',
  summary: 'Close a request without the change',
  body: Type.Object({ reason: ReasonWire }, { additionalProperties: false }),
  response: { 200: ApprovalWire, ...errors },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'credits' | 'projectFor' | 'limits'>

/** `POST /admin/credits/approvals/{approval_id}/approve` and `.../reject`. */
export function decisionRoutes(app: FastifyInstance, deps: RouteDeps, guard: AdminGuard): void {
  approveRoute(app, deps, guard)
  rejectRoute(app, deps, guard)
}

function approveRoute(app: FastifyInstance, { ctx, credits, projectFor, limits }: RouteDeps, guard: AdminGuard): void {
  const onRequest = guard(limits.adjust, 'approve')
  app.post('/credits/approvals/:approval_id/approve', { schema: approveSchema, onRequest }, async (request, reply) => {
    const problems = agreementProblems(request.body)
    if (problems.length > 0) return sendProblems(reply, problems)
    const { approval_id: approvalId } = request.params as { approval_id: string }
    if (!isPlausibleId(approvalId)) return sendError(reply, 'approval_not_found')
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const input = { projectId: project.value, approvalId, caller: callerOf(request), requestId: request.id }
    return answerWrite(
      reply,
      () => approveAdjust(ctx, credits.adjust, input),
      ({ approval, replayed }) => ({ ...approvalToWire(approval, ctx.clock.now()), replayed }),
    )
  })
}

/** Whoever asked for a change may withdraw it, though their role approves nothing; the use case judges that. */
function rejectRoute(app: FastifyInstance, { ctx, projectFor, limits }: RouteDeps, guard: AdminGuard): void {
  const onRequest = guard(limits.adjust, 'change')
  app.post('/credits/approvals/:approval_id/reject', { schema: rejectSchema, onRequest }, async (request, reply) => {
    const parsed = parseRejection(request.body)
    if (!parsed.ok) return sendProblems(reply, parsed.refusal)
    const { approval_id: approvalId } = request.params as { approval_id: string }
    if (!isPlausibleId(approvalId)) return sendError(reply, 'approval_not_found')
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const input = { projectId: project.value, approvalId, caller: callerOf(request), ...parsed.value }
    const rejected = await rejectAdjust(ctx, input)
    if (!rejected.ok) return sendError(reply, CODE_OF_REFUSAL[rejected.refusal.code], noteOf(rejected.refusal))
    return approvalToWire(rejected.value, ctx.clock.now())
  })
}
