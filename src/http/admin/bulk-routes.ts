import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { BulkOrder } from '../../core/bulk/bulk-grant.ts'
import { changeBulk } from '../../usecases/bulk/change-bulk.ts'
import { actorOfRequest } from './admin-caller.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { BULK_LIMIT_DEFAULT, BULK_LIMIT_MAX, parseBulkPage } from './parse-bulk.ts'
import { projectHeader } from './project-header.ts'
import { isFields, problemsOf } from './read-fields.ts'
import { BulkWire, bulkToWire, OneBulkWire } from './wire/bulk-to-wire.ts'
import { DryRunQuery, dryRunField } from './wire/dry-run.ts'
import { isPlausibleId } from './wire/transaction-id.ts'
import { writeRunOf } from './write-run.ts'

/** What can be done with a bulk grant; each is a path below it. */
export const BULK_ORDERS = ['start', 'pause', 'resume', 'cancel'] as const satisfies BulkOrder[]

const SUMMARIES: Record<BulkOrder, string> = {
  start: 'Start a bulk grant',
  pause: 'Pause a bulk grant',
  resume: 'Go on with a paused bulk grant',
  cancel: 'End a bulk grant; what is done stays done',
}

const shared = { tags: ['Bulk grants'], security: [{ adminSecret: [] }], headers: Type.Object(projectHeader) }
const params = Type.Object({ bulk_id: Type.String() })

const listSchema = {
  ...shared,
  operationId: 'listBulkGrants',
  summary: 'List bulk grants, the newest first',
  querystring: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: BULK_LIMIT_MAX, default: BULK_LIMIT_DEFAULT })),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
  }),
  response: {
    200: Type.Object(
      {
        items: Type.Array(BulkWire),
        next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'Null on the last page.' }),
      },
      { description: 'A page of the list.' },
    ),
    ...errorSchemas(422),
  },
}

const oneSchema = {
  ...shared,
  operationId: 'getBulkGrant',
  summary: 'Read a bulk grant with its preview and progress',
  params,
  response: { 200: OneBulkWire, ...errorSchemas(404) },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'projectFor'>

/** `GET /admin/credits/bulk` and `GET /admin/credits/bulk/{id}`. */
export function bulkReadRoutes(app: FastifyInstance, deps: RouteDeps, guard: onRequestAsyncHookHandler): void {
  const { ctx, projectFor } = deps
  app.get('/credits/bulk', { schema: listSchema, onRequest: guard }, async (request, reply) => {
    const page = parseBulkPage(request.query as Record<string, unknown>)
    if (!page.ok) return sendProblems(reply, page.refusal)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const { before, limit } = page.value
    // One more than is shown, to know whether there is another page.
    const found = await ctx.read.bulk.list(project.value, { before, limit: limit + 1 })
    const shown = found.slice(0, limit)
    const next = found.length > limit ? (shown.at(-1)?.bulkId ?? null) : null
    return { items: shown.map(bulkToWire), next_cursor: next }
  })
  app.get('/credits/bulk/:bulk_id', { schema: oneSchema, onRequest: guard }, async (request, reply) => {
    const { bulk_id: bulkId } = request.params as { bulk_id: string }
    if (!isPlausibleId(bulkId)) return sendError(reply, 'bulk_not_found')
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const bulk = await ctx.read.bulk.get(project.value, bulkId)
    if (bulk === null) return sendError(reply, 'bulk_not_found')
    return { ...bulkToWire(bulk), same_content_as: await ctx.read.bulk.sameContent(bulk) }
  })
}

/** `POST /admin/credits/bulk/{id}/{start|pause|resume|cancel}`. */
export function bulkOrderRoutes(app: FastifyInstance, deps: RouteDeps, guard: onRequestAsyncHookHandler): void {
  for (const order of BULK_ORDERS) orderRoute(app, deps, guard, order)
}

function orderRoute(
  app: FastifyInstance,
  { ctx, projectFor }: RouteDeps,
  guard: onRequestAsyncHookHandler,
  order: BulkOrder,
): void {
  const schema = {
    ...shared,
    operationId: `${order}BulkGrant`,
    summary: SUMMARIES[order],
    params,
    querystring: DryRunQuery,
    body: Type.Object(dryRunField, { additionalProperties: false, description: 'May be left out.' }),
    response: { 200: BulkWire, ...errorSchemas(404, 409, 413, 415, 422) },
  }
  app.post(`/credits/bulk/:bulk_id/${order}`, { schema, onRequest: guard }, async (request, reply) => {
    const { bulk_id: bulkId } = request.params as { bulk_id: string }
    if (!isPlausibleId(bulkId)) return sendError(reply, 'bulk_not_found')
    const run = writeRunOf(ctx, request)
    const problems = run.ok ? bodyProblems(run.value.body) : run.refusal
    if (!run.ok || problems.length > 0) return sendProblems(reply, problems)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const changed = await changeBulk(run.value.ctx, {
      projectId: project.value,
      bulkId,
      order,
      actor: actorOfRequest(request),
    })
    if (!changed.ok) {
      const { refusal } = changed
      const note = refusal.code === 'bulk_state' ? { text: `it is ${refusal.state}` } : {}
      return sendError(reply, CODE_OF_REFUSAL[refusal.code], note)
    }
    const answer = bulkToWire(changed.value)
    return run.value.isDry ? { ...answer, dry_run: true } : answer
  })
}

function bodyProblems(body: unknown): string[] {
  if (body === undefined) return []
  return isFields(body) ? problemsOf(body, {}) : ['body: must be a JSON object, or be left out']
}
