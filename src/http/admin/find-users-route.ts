import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { type CustomerCard, FOUND_CUSTOMERS_MAX, findCustomers } from '../../usecases/customers/find-customers.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { PURCHASE_MAX_LENGTH } from './parse-search-query.ts'
import { isLongerThan, isPlainText } from './parse-user-id.ts'
import { projectHeader } from './project-header.ts'

const Time = Type.String({ format: 'date-time' })

const schema = {
  operationId: 'findUsers',
  summary: 'Find users by id, e-mail or purchase',
  description: `At most ${FOUND_CUSTOMERS_MAX}: those with this e-mail, who has this purchase, then by their ids.`,
  tags: ['Credits'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  querystring: Type.Object({
    query: Type.String({
      minLength: 1,
      maxLength: PURCHASE_MAX_LENGTH,
      description: "The beginning of an app user id, a whole e-mail (attribute $email), or a store's id of a purchase.",
    }),
  }),
  response: {
    200: Type.Object(
      {
        items: Type.Array(
          Type.Object({
            user_id: Type.String({ description: 'The first app user id.' }),
            customer_id: Type.String(),
            user_ids: Type.Array(Type.String(), { description: 'App user ids, the one seen last first; at most 50.' }),
            has_more_user_ids: Type.Boolean(),
            matched_by: Type.Union([Type.Literal('app_user_id'), Type.Literal('email'), Type.Literal('purchase')]),
            first_seen_at: Time,
            last_seen_at: Time,
            balances: Type.Array(Type.Object({ currency: Type.String(), balance: Type.Integer() }), {
              description: 'What can be spent, in each currency that the user ever had.',
            }),
          }),
        ),
      },
      { description: 'The users that were found.' },
    ),
    ...errorSchemas(422),
  },
}

/** `GET /admin/credits/users`. */
export function findUsersRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/credits/users', { schema, onRequest: guard }, async (request, reply) => {
    const { query: text } = request.query as { query?: unknown }
    const problem = queryProblem(text)
    if (typeof text !== 'string' || problem !== null) return sendProblems(reply, [`query: ${problem}`])
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const cards = await findCustomers(ctx, { projectId: project.value, text })
    return { items: cards.map(cardToWire) }
  })
}

function queryProblem(value: unknown): string | null {
  if (value === undefined) return 'is required'
  if (typeof value !== 'string' || value === '' || isLongerThan(value, PURCHASE_MAX_LENGTH)) {
    return `must be a text of 1 to ${PURCHASE_MAX_LENGTH} characters`
  }
  return isPlainText(value) ? null : 'must not contain control characters'
}

function cardToWire({ customer, by, appUserIds, hasMoreIds, balances }: CustomerCard) {
  return {
    user_id: customer.originalAppUserId,
    customer_id: customer.customerId,
    user_ids: appUserIds,
    has_more_user_ids: hasMoreIds,
    matched_by: by,
    first_seen_at: new Date(customer.firstSeenAt).toISOString(),
    last_seen_at: new Date(customer.lastSeenAt).toISOString(),
    balances: [...balances].map(([currency, balance]) => ({ currency, balance })),
  }
}
