import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { LEDGER_KINDS } from '../../core/wallet/ledger-transaction.ts'
import { minRevisionQuery, reachRevision } from '../lib/min-revision.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { CURRENCY_PATTERN } from './field-problems.ts'
import { HISTORY_LIMIT_DEFAULT, HISTORY_LIMIT_MAX, parseHistoryQuery } from './parse-history-query.ts'
import { userIdProblem } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'
import { isPlausibleId, TransactionIdWire } from './wire/transaction-id.ts'
import {
  HistoryEntryWire,
  historyEntryToWire,
  NO_LEDGER,
  TransactionWire,
  transactionToWire,
} from './wire/transaction-to-wire.ts'

const shared = { tags: ['Credits'], security: [{ adminSecret: [] }], headers: Type.Object(projectHeader) }

const listSchema = {
  ...shared,
  operationId: 'listTransactions',
  summary: "Read one user's ledger, the newest first",
  params: Type.Object({ user_id: UserIdWire }),
  querystring: Type.Object({
    ...minRevisionQuery,
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: HISTORY_LIMIT_MAX, default: HISTORY_LIMIT_DEFAULT })),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
    kind: Type.Optional(Type.Union(LEDGER_KINDS.map((kind) => Type.Literal(kind)))),
    currency: Type.Optional(Type.String({ pattern: CURRENCY_PATTERN })),
    since: Type.Optional(Type.String({ format: 'date-time', description: 'Not before this time.' })),
    until: Type.Optional(Type.String({ format: 'date-time', description: 'Before this time.' })),
  }),
  response: {
    200: Type.Object(
      {
        user_id: Type.String(),
        items: Type.Array(HistoryEntryWire),
        next_cursor: Type.Union([Type.String(), Type.Null()], { description: 'Null on the last page.' }),
      },
      { description: 'A page of the ledger.' },
    ),
    ...errorSchemas(404, 409, 422),
  },
}

const oneSchema = {
  ...shared,
  operationId: 'getTransaction',
  summary: 'Read one ledger transaction',
  params: Type.Object({ transaction_id: TransactionIdWire }),
  response: { 200: TransactionWire, ...errorSchemas(404) },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'credits' | 'projectFor'>

/** `GET /admin/credits/users/{user_id}/transactions` and `GET /admin/credits/transactions/{id}`. */
export function transactionsRoutes(app: FastifyInstance, deps: RouteDeps, guard: onRequestAsyncHookHandler): void {
  listRoute(app, deps, guard)
  oneRoute(app, deps, guard)
}

function listRoute(
  app: FastifyInstance,
  { ctx, credits, projectFor }: RouteDeps,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/credits/users/:user_id/transactions', { schema: listSchema, onRequest: guard }, async (request, reply) => {
    const { user_id: userId } = request.params as { user_id: string }
    const problem = userIdProblem(userId)
    if (problem !== null) return sendProblems(reply, [`user_id: ${problem}`])
    const page = parseHistoryQuery(request.query as Record<string, unknown>)
    if (!page.ok) return sendProblems(reply, page.refusal)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    await reachRevision(ctx, request.query, { projectId: project.value, appUserId: userId })
    const found = await credits.transactions({ projectId: project.value, appUserId: userId, ...page.value })
    if (!found.ok) return sendError(reply, CODE_OF_REFUSAL[found.refusal.code])
    const { entries, hasMore, revision } = found.value
    reply.header('x-purser-revision', revision)
    return {
      user_id: userId,
      items: entries.map(historyEntryToWire),
      next_cursor: hasMore ? (entries.at(-1)?.transactionId ?? null) : null,
    }
  })
}

function oneRoute(app: FastifyInstance, { credits, projectFor }: RouteDeps, guard: onRequestAsyncHookHandler): void {
  app.get('/credits/transactions/:transaction_id', { schema: oneSchema, onRequest: guard }, async (request, reply) => {
    const { transaction_id: id } = request.params as { transaction_id: string }
    if (!isPlausibleId(id)) return sendError(reply, 'transaction_not_found')
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const found = await credits.transaction(project.value, id)
    if (found === null) return sendError(reply, 'transaction_not_found')
    if (found.keptBy === 'upstream') return { ...historyEntryToWire(found.entry), ...NO_LEDGER }
    return transactionToWire(found.transaction, found.reversedBy)
  })
}
