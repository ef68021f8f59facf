import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { projectHeader } from './project-header.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

/** A screen; the largest page is what is read out at once without being felt. */
const PAGE_DEFAULT = 50
const PAGE_MAX = 200

const schema = {
  operationId: 'listTickets',
  summary: 'List what people wrote from the customer center',
  description: 'The latest first. The latest 20 of each customer are kept.',
  tags: ['Customer center'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  querystring: Type.Object({
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: PAGE_MAX, default: PAGE_DEFAULT })),
    cursor: Type.Optional(Type.String({ description: 'The next_cursor of the page before.' })),
  }),
  response: {
    200: Type.Object(
      {
        items: Type.Array(
          Type.Object({
            ticket_id: Type.String(),
            user_id: Type.String({ description: 'The app user id under which it was written.' }),
            email: Type.String({ description: 'As it was typed; nobody has checked it.' }),
            description: Type.String(),
            created_at: Type.String({ format: 'date-time' }),
          }),
        ),
        next_cursor: Type.Union([Type.String(), Type.Null()]),
      },
      { description: 'The tickets.' },
    ),
    ...errorSchemas(422),
  },
}

/** `GET /admin/tickets`. */
export function ticketsRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/tickets', { schema, onRequest: guard }, async (request, reply) => {
    const { limit: wanted = String(PAGE_DEFAULT), cursor = null } = request.query as Record<string, unknown>
    const limit = Number(wanted)
    const problems = [
      ...(Number.isInteger(limit) && limit >= 1 && limit <= PAGE_MAX ? [] : [`limit: must be from 1 to ${PAGE_MAX}`]),
      ...(cursor === null || (typeof cursor === 'string' && isPlausibleId(cursor))
        ? []
        : ['cursor: must be a next_cursor']),
    ]
    if (problems.length > 0) return sendProblems(reply, problems)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const page = { before: cursor as string | null, limit: limit + 1 }
    const found = await ctx.read.customerCenters.tickets(project.value, page)
    const items = found.slice(0, limit)
    return {
      items: items.map((ticket) => ({
        ticket_id: ticket.ticketId,
        user_id: ticket.appUserId,
        email: ticket.email,
        description: ticket.description,
        created_at: new Date(ticket.createdAt).toISOString(),
      })),
      next_cursor: found.length > limit ? (items.at(-1)?.ticketId ?? null) : null,
    }
  })
}
