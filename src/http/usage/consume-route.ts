import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { Type } from 'typebox'
import { assert } from '../../core/lib/assert.ts'
import { SECOND_MS } from '../../core/lib/clock.ts'
import { type ConsumeUsageRefusal, consumeUsage } from '../../usecases/usage/consume-usage.ts'
import { admitUserOrServer } from './admit.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, tellRefusal } from './errors.ts'
import { consumeBodySchema, parseConsume } from './parse-consume.ts'
import type { UsageDeps } from './usage-deps.ts'
import { consumedSchema, consumedToWire, exhaustedSchema, timeToWire } from './usage-to-wire.ts'

/** Far above the largest body that the schema lets through. */
export const BODY_MAX_BYTES = 16 * 1024

const schema = {
  operationId: 'consumeUsage',
  summary: 'Use something that costs credits or counts in a meter',
  description:
    'Takes all of the cost or nothing. Apps name an action for their signed-in user; servers name a user, and may ' +
    'name costs instead of an action. A refusal for too little has the status that the project configured, 402 or 429.',
  tags: ['Usage'],
  security: [{ userBearer: [] }, { secretKey: [] }],
  headers: Type.Object({
    'idempotency-key': Type.Optional(Type.String({ description: 'Another place for idempotency_key.' })),
  }),
  body: consumeBodySchema,
  response: {
    200: consumedSchema,
    ...errorSchemas(400, 401, 403, 409, 413, 415, 422, 503),
    402: exhaustedSchema,
    429: exhaustedSchema,
  },
}

/** `POST /v1/usage/consume`. */
export function consumeRoute(app: FastifyInstance, deps: UsageDeps): void {
  app.withTypeProvider<TypeBoxTypeProvider>().route({
    method: 'POST',
    url: '/v1/usage/consume',
    bodyLimit: BODY_MAX_BYTES,
    validatorCompiler: TypeBoxValidatorCompiler,
    schema,
    onRequest: admitUserOrServer(deps),
    handler: async (request, reply) => {
      const caller = request.usageCaller
      assert(caller !== undefined, 'an admitted request has a caller')
      const parsed = parseConsume(caller, request.body, request.headers['idempotency-key'])
      if (!parsed.ok) return sendError(reply, CODE_OF_REFUSAL[parsed.refusal.code], parsed.refusal.problem)
      const by = caller.kind === 'user' ? { kind: caller.kind } : { kind: caller.kind, keyId: caller.keyId }
      const input = { ...parsed.value, projectId: caller.projectId, by, requestId: request.id }
      const outcome = await consumeUsage(deps.ctx, input)
      if (!outcome.ok) return sendRefusal(reply, deps, outcome.refusal)
      reply.header('x-purser-revision', outcome.value.revision)
      return reply.send(consumedToWire(outcome.value.consumed, outcome.value.replayed))
    },
  })
}

function sendRefusal(reply: FastifyReply, { ctx }: UsageDeps, refusal: ConsumeUsageRefusal): FastifyReply {
  switch (refusal.code) {
    case 'action_unknown':
      return sendError(reply, CODE_OF_REFUSAL[refusal.code], refusal.action)
    case 'meter_unknown':
      return sendError(reply, CODE_OF_REFUSAL[refusal.code], refusal.meter)
    case 'credits_insufficient':
      return sendExhausted(reply, refusal, ctx.clock.now())
    default:
      return sendError(reply, CODE_OF_REFUSAL[refusal.code])
  }
}

/** Clients that know only 429 look for the time to wait. */
function sendExhausted(
  reply: FastifyReply,
  { status, meter, required, remaining, resetsAt }: Extract<ConsumeUsageRefusal, { code: 'credits_insufficient' }>,
  now: number,
): FastifyReply {
  tellRefusal(reply, 'insufficient_credits')
  if (status === 429) reply.header('retry-after', Math.max(1, Math.ceil((resetsAt - now) / SECOND_MS)))
  const body = { detail: 'insufficient_credits', required, remaining, resets_at: timeToWire(resetsAt), meter }
  return reply.code(status).send(body)
}
