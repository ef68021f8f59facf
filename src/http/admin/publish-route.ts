import type { FastifyInstance, onRequestAsyncHookHandler } from 'fastify'
import { publishEnvelope } from '../../usecases/realtime/publish-envelope.ts'
import type { AdminDeps } from './admin-deps.ts'
import { answerWrite } from './answer-write.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import { parsePublish } from './parse-publish.ts'
import { writeHeaders } from './project-header.ts'
import { PublishBody, PublishedWire, publishToWire } from './wire/publish-to-wire.ts'

const schema = {
  operationId: 'publishMessage',
  summary: 'Publish a silent realtime message to a user',
  description:
    'Told to the sockets of the user that are subscribed to the topic. The last message of each event and topic is ' +
    'kept for 24 hours and told to clients that connect with an older cursor.',
  tags: ['Realtime'],
  security: [{ adminSecret: [] }],
  headers: writeHeaders,
  body: PublishBody,
  response: { 200: PublishedWire, ...errorSchemas(404, 409, 413, 415, 422) },
}

/** `POST /admin/realtime/publish`. */
export function publishRoute(
  app: FastifyInstance,
  { ctx, projectFor }: Pick<AdminDeps, 'ctx' | 'projectFor'>,
  guard: onRequestAsyncHookHandler,
): void {
  app.post('/realtime/publish', { schema, onRequest: guard }, async (request, reply) => {
    const parsed = parsePublish(request.body, request.headers['idempotency-key'] as string | undefined)
    if (!parsed.ok) {
      if (parsed.refusal.code === 'fields_invalid') return sendProblems(reply, parsed.refusal.problems)
      return sendError(reply, CODE_OF_REFUSAL[parsed.refusal.code])
    }
    const project = await projectFor(request)
    if (!project.ok) return sendError(reply, CODE_OF_REFUSAL[project.refusal.code])
    const input = { ...parsed.value, projectId: project.value }
    return answerWrite(
      reply,
      () => publishEnvelope(ctx, input),
      (outcome) => publishToWire(outcome, input.idempotencyKey),
    )
  })
}
