import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import type { AdminGuard } from './guard.ts'
import { APPROVAL_FILTERS, parseApprovalQuery } from './parse-approval.ts'
import { HISTORY_LIMIT_DEFAULT, HISTORY_LIMIT_MAX } from './parse-history-query.ts'
import { projectHeader } from './project-header.ts'
import { ApprovalWire, approvalToWire } from './wire/approval-to-wire.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

const shared = { tags: ['Approvals'], security: [{ adminSecret: [] }], headers: Type.Object(projectHeader) }

const listSchema = {
  ...shared,
  operationId: 'listApprovals',
  summary: 'Read the changes that need two people, the newest first',
  querystring: Type.Object({
    status: Type.Optional(
      Type.Union(
        APPROVAL_FILTERS.map((status) => Type.Literal(status)),
        { default: 'pending' },
      ),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: HISTORY_LIMIT_MAX, default: HISTORY_LIMIT_DEFAULT })),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
  }),
  response: {
    200: Type.Object(
      {
        items: Type.Array(ApprovalWire),
        next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'Null on the last page.' }),
      },
      { description: 'A page of requests.' },
    ),
    ...errorSchemas(422),
  },
}
const oneSchema = {
  ...shared,
  operationId: 'getApproval',
  summary: 'Read one change that needs two people',
  params: Type.Object({ approval_id: Type.String() }),
  response: { 200: ApprovalWire, ...errorSchemas(404) },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'projectFor' | 'limits'>

/** `GET /admin/credits/approvals` and `GET /admin/credits/approvals/{approval_id}`. */
export function approvalsRoutes(app: FastifyInstance, { ctx, projectFor, limits }: RouteDeps, guard: AdminGuard): void {
  const onRequest = guard(limits.balances, 'read')
  app.get('/credits/approvals', { schema: listSchema, onRequest }, async (request, reply) => {
    const query = parseApprovalQuery(request.query as Record<string, unknown>)
    if (!query.ok) return sendProblems(reply, query.refusal)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const now = ctx.clock.now()
    const { limit } = query.value
    // One more than is shown tells whether there is a next page.
    const found = await ctx.read.approvals.list(project.value, { ...query.value, limit: limit + 1, now })
    const shown = found.slice(0, limit)
    return {
      items: shown.map((approval) => approvalToWire(approval, now)),
      next_cursor: found.length > limit ? (shown.at(-1)?.approvalId ?? null) : null,
    }
  })
  app.get('/credits/approvals/:approval_id', { schema: oneSchema, onRequest }, async (request, reply) => {
    const { approval_id: id } = request.params as { approval_id: string }
    if (!isPlausibleId(id)) return sendError(reply, 'approval_not_found')
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const found = await ctx.read.approvals.get(project.value, id)
    return found === null ? sendError(reply, 'approval_not_found') : approvalToWire(found, ctx.clock.now())
  })
}
