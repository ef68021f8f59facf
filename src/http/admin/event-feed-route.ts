import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { Type } from 'typebox'
import { TOLD_TYPES } from '../../core/webhooks/told-outside.ts'
import type { FeedPage } from '../../usecases/ports/event-relay.ts'
import type { RelayedEvent } from '../../usecases/ports/relayed-events.ts'
import { readEventFeed } from '../../usecases/webhooks/read-event-feed.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { refuseOtherMethods } from './other-methods.ts'
import { FEED_LIMIT_DEFAULT, FEED_LIMIT_MAX, parseFeedQuery } from './parse-feed-query.ts'
import { projectHeader } from './project-header.ts'

const schema = {
  operationId: 'readEvents',
  summary: 'Read what happened, in order',
  description: `Events with the bodies that webhooks send, the oldest first. Ask again with \`next\` as \`after\`: nothing comes
twice and nothing is left out. Bodies are kept for 90 days.`,
  tags: ['Events'],
  security: [{ adminSecret: [] }],
  headers: Type.Object(projectHeader),
  querystring: Type.Object({
    after: Type.Optional(
      Type.String({ description: '`next` of the answer before. Left out: from the oldest event that is kept.' }),
    ),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: FEED_LIMIT_MAX, default: FEED_LIMIT_DEFAULT })),
    type: Type.Optional(
      Type.String({ description: `Only these types, separated by commas: ${TOLD_TYPES.join(', ')}.` }),
    ),
  }),
  response: {
    200: Type.Object(
      {
        events: Type.Array(
          Type.Object({
            position: Type.Integer({ description: 'The place in the feed; rises by at least 1.' }),
            revision: Type.Integer({ description: "The customer's revision that the event belongs to." }),
            body: Type.Object(
              {
                api_version: Type.String(),
                event: Type.Object(
                  { type: Type.String(), id: Type.String(), event_timestamp_ms: Type.Integer() },
                  { additionalProperties: true },
                ),
              },
              { description: 'Exactly what a webhook sends.' },
            ),
          }),
        ),
        next: Type.String({ description: 'Where to go on, now or later.' }),
        has_more: Type.Boolean({ description: 'Whether there is more at once.' }),
      },
      { description: 'A part of the feed.' },
    ),
    ...errorSchemas(422),
    410: Type.Object(
      {
        detail: Type.String({ examples: ['cursor_expired'] }),
        next: Type.String({ description: 'Where the feed begins.' }),
      },
      {
        description:
          'Events after the cursor are no longer kept, or it is ahead of the feed: the database was put back to an earlier state.',
      },
    ),
  },
}

/** `GET /admin/events`. */
export function eventFeedRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.get('/events', { schema, onRequest: guard }, async (request, reply) => {
    const question = parseFeedQuery(request.query as Record<string, unknown>)
    if (!question.ok) return sendProblems(reply, question.refusal)
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const page = await readEventFeed(ctx, project.value, question.value)
    if (!page.ok) {
      const next = String(page.refusal.forgottenPosition)
      return sendError(reply, CODE_OF_REFUSAL[page.refusal.code], { fields: { next } })
    }
    return reply.type('application/json; charset=utf-8').send(pageText(page.value, question.value.after))
  })
  refuseOtherMethods(app, '/events', ['GET'])
}

/** Bodies go out byte for byte as webhooks send them, so they are not parsed and written anew. */
function pageText({ events, hasMore, forgottenPosition }: FeedPage, after: number | null): string {
  const items = events.map(({ position, revision, body }: RelayedEvent) => {
    return `{"position":${position},"revision":${revision},"body":${body}}`
  })
  const next = events.at(-1)?.position ?? Math.max(after ?? 0, forgottenPosition)
  return `{"events":[${items.join(',')}],"next":"${next}","has_more":${hasMore}}`
}
