import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { LEDGER_KINDS } from '../../core/wallet/ledger-transaction.ts'
import type { FoundEntry } from '../../usecases/ports/ledger.ts'
import { searchLedger } from '../../usecases/wallet/search-ledger.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { CURRENCY_PATTERN } from './field-problems.ts'
import { HISTORY_LIMIT_DEFAULT, HISTORY_LIMIT_MAX } from './parse-history-query.ts'
import { cursorOf, PURCHASE_MAX_LENGTH, parseSearchQuery, TOO_WIDE } from './parse-search-query.ts'
import { projectHeader } from './project-header.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'
import { HistoryEntryWire, historyEntryToWire } from './wire/transaction-to-wire.ts'

const schema = {
  operationId: 'searchTransactions',
  summary: 'Find ledger transactions of all users, the newest first',
  description: 'Give at least one of ticket, operator, purchase or user_id. The rest narrows.',
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  querystring: Type.Object({
    ticket: Type.Optional(
      Type.String({ description: 'A ticket that the reason names.', examples: ['ZD-1042', '#12345'] }),
    ),
    operator: Type.Optional(Type.String({ description: 'The id of the operator who did it.' })),
    purchase: Type.Optional(
      Type.String({
        maxLength: PURCHASE_MAX_LENGTH,
        description: "The id of a purchase, or its store's: of a subscription, the one of its first charge.",
      }),
    ),
    user_id: Type.Optional(UserIdWire),
    request_id: Type.Optional(Type.String({ description: 'Only narrows: there is no index of requests.' })),
    kind: Type.Optional(Type.Union(LEDGER_KINDS.map((kind) => Type.Literal(kind)))),
    currency: Type.Optional(Type.String({ pattern: CURRENCY_PATTERN })),
    since: Type.Optional(Type.String({ format: 'date-time', description: 'Not before this time.' })),
    until: Type.Optional(Type.String({ format: 'date-time', description: 'Before this time.' })),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: HISTORY_LIMIT_MAX, default: HISTORY_LIMIT_DEFAULT })),
    cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
  }),
  response: {
    200: Type.Object(
      {
        items: Type.Array(
          Type.Object({
            user_id: Type.String({ description: 'The first app user id of whose ledger it is.' }),
            customer_id: Type.String(),
            merged_into: Type.Union([Type.String(), Type.Null()], {
              description: 'The customer that this one was merged into; `user_id` is one of its names now.',
            }),
            ...HistoryEntryWire.properties,
          }),
        ),
        next_cursor: Type.Union([Type.String(), Type.Null()], {
          description: 'Null on the last page. A page may be short, even empty, and still not be the last.',
        }),
      },
      { description: 'A page of what was found.' },
    ),
    ...errorSchemas(404, 422),
  },
}

/** `GET /admin/credits/transactions`. */
export function searchRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/credits/transactions', { schema, onRequest: guard }, async (request, reply) => {
    const wanted = parseSearchQuery(request.query as Record<string, unknown>)
    if (!wanted.ok) return sendProblems(reply, wanted.refusal)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const found = await searchLedger(ctx, { projectId: project.value, ...wanted.value })
    if (!found.ok) {
      if (found.refusal.code === 'search_too_wide') return sendProblems(reply, [TOO_WIDE])
      return sendError(reply, CODE_OF_REFUSAL[found.refusal.code])
    }
    const { entries, next } = found.value
    return { items: entries.map(foundToWire), next_cursor: next === null ? null : cursorOf(next) }
  })
}

function foundToWire(entry: FoundEntry) {
  return {
    user_id: entry.userId,
    customer_id: entry.customerId,
    merged_into: entry.mergedIntoId,
    ...historyEntryToWire(entry),
  }
}
