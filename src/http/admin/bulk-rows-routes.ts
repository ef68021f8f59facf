import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyRequest, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { BulkGrant } from '../../core/bulk/bulk-grant.ts'
import { RESULT_HEADER, resultLine } from '../../core/bulk/result-csv.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { RowFilter } from '../../usecases/ports/bulk.ts'
import type { Ctx } from '../../usecases/ports.ts'
import type { ProjectRefusal } from '../../usecases/projects/choose-project.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { BULK_LIMIT_DEFAULT, BULK_LIMIT_MAX, parseRowsPage, ROW_FILTERS } from './parse-bulk.ts'
import { projectHeader } from './project-header.ts'
import { BulkRowWire, bulkRowToWire, refusalToWire } from './wire/bulk-to-wire.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

/** Rows read at a time for a download: the answer is never held as a whole. */
const DOWNLOAD_ROWS = 1_000

const status = Type.Optional(
  Type.Union(
    ROW_FILTERS.map((filter) => Type.Literal(filter)),
    { default: 'all' },
  ),
)
const shared = {
  tags: ['Bulk grants'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  params: Type.Object({ bulk_id: Type.String() }),
}

const rowsSchema = {
  ...shared,
  operationId: 'listBulkRows',
  summary: 'Read rows of a bulk grant with what came of them',
  querystring: Type.Object({
    status,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: BULK_LIMIT_MAX, default: BULK_LIMIT_DEFAULT })),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
  }),
  response: {
    200: Type.Object(
      {
        items: Type.Array(BulkRowWire),
        next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'Null on the last page.' }),
      },
      { description: 'A page of rows, in the order of the file.' },
    ),
    ...errorSchemas(404, 422),
  },
}

const csvSchema = {
  ...shared,
  operationId: 'downloadBulkResult',
  summary: 'Download the rows of a bulk grant as CSV, with what came of them',
  querystring: Type.Object({ status }),
  response: {
    200: {
      description: 'The rows. A text that a spreadsheet would run as a formula has an apostrophe before it.',
      content: { 'text/csv': { schema: Type.String() } },
    },
    ...errorSchemas(404, 422),
  },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'projectFor'>

/** `GET /admin/credits/bulk/{id}/rows` and `GET /admin/credits/bulk/{id}/result.csv`. */
export function bulkRowsRoutes(app: FastifyInstance, deps: RouteDeps, guard: onRequestAsyncHookHandler): void {
  app.get('/credits/bulk/:bulk_id/rows', { schema: rowsSchema, onRequest: guard }, async (request, reply) => {
    const page = parseRowsPage(request.query as Record<string, unknown>)
    if (!page.ok) return sendProblems(reply, page.refusal)
    const bulk = await bulkOf(deps, request)
    if (!bulk.ok) return sendError(reply, CODE_OF_REFUSAL[bulk.refusal.code])
    const { limit } = page.value
    const found = await deps.ctx.read.bulk.rows(bulk.value, { ...page.value, limit: limit + 1 })
    const shown = found.slice(0, limit)
    const next = found.length > limit ? String(shown.at(-1)?.number) : null
    return { items: shown.map(bulkRowToWire), next_cursor: next }
  })
  app.get('/credits/bulk/:bulk_id/result.csv', { schema: csvSchema, onRequest: guard }, async (request, reply) => {
    const { status: which } = request.query as { status?: unknown }
    const page = parseRowsPage(which === undefined ? {} : { status: which })
    if (!page.ok) return sendProblems(reply, page.refusal)
    const bulk = await bulkOf(deps, request)
    if (!bulk.ok) return sendError(reply, CODE_OF_REFUSAL[bulk.refusal.code])
    reply.header('content-disposition', `attachment; filename="${bulk.value.bulkId}.csv"`)
    return reply.type('text/csv; charset=utf-8').send(Readable.from(resultOf(deps.ctx, bulk.value, page.value.which)))
  })
}

async function bulkOf(
  { ctx, projectFor }: RouteDeps,
  request: FastifyRequest,
): Promise<Result<BulkGrant, ProjectRefusal | { code: 'bulk_not_found' }>> {
  const { bulk_id: bulkId } = request.params as { bulk_id: string }
  if (!isPlausibleId(bulkId)) return refuse({ code: 'bulk_not_found' })
  const project = await projectFor(request)
  if (!project.ok) return project
  const bulk = await ctx.read.bulk.get(project.value, bulkId)
  return bulk === null ? refuse({ code: 'bulk_not_found' }) : ok(bulk)
}

async function* resultOf(ctx: Ctx, bulk: BulkGrant, which: RowFilter): AsyncGenerator<string> {
  yield RESULT_HEADER
  let after = 0
  for (;;) {
    const rows = await ctx.read.bulk.rows(bulk, { after, limit: DOWNLOAD_ROWS, which })
    yield rows.map((row) => resultLine(row, refusalToWire)).join('')
    after = rows.at(-1)?.number ?? after
    if (rows.length < DOWNLOAD_ROWS) return
  }
}
