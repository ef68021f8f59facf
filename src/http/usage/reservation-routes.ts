import { type TypeBoxTypeProvider, TypeBoxValidatorCompiler } from '@fastify/type-provider-typebox'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import type { Result } from '../../core/lib/result.ts'
import { keyShape } from '../../core/projects/api-keys.ts'
import {
  type CloseOrder,
  type CloseReservationRefusal,
  closeReservation,
} from '../../usecases/usage/close-reservation.ts'
import { type ReserveRefusal, reserveCredits } from '../../usecases/usage/reserve-credits.ts'
import type { HoldOutcome } from '../../usecases/wallet/hold-outcome.ts'
import { bearerOf } from '../lib/user-identity.ts'
import { admitUserOrServer } from './admit.ts'
import { BODY_MAX_BYTES } from './consume-route.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, tellRefusal } from './errors.ts'
import {
  parseClose,
  parseReserve,
  releaseBodySchema,
  reserveBodySchema,
  settleBodySchema,
} from './parse-reservation.ts'
import { missingSchema, missingToWire, reservationSchema, reservationToWire } from './reservation-to-wire.ts'
import type { UsageCaller } from './usage-caller.ts'
import type { UsageDeps } from './usage-deps.ts'

/** An id as answers give it; what could not be one is looked up nowhere. */
const PLAUSIBLE_ID = /^[A-Za-z0-9]{1,64}$/

const shared = {
  tags: ['Reservations'],
  security: [{ secretKey: [] }],
  headers: Type.Object({
    'idempotency-key': Type.Optional(Type.String({ description: 'Another place for idempotency_key.' })),
  }),
}
const responses = { 200: reservationSchema, 402: missingSchema, 429: missingSchema }
const params = Type.Object({ reservation_id: Type.String() })

const CLOSE = {
  settle: { summary: 'Charge what the work cost, and give the rest back', body: settleBodySchema },
  release: { summary: 'Give all reserved credits back', body: releaseBodySchema },
} as const satisfies Record<CloseOrder['kind'], object>

/** `POST /v1/usage/reserve`, and `/settle` and `/release` of a reservation. For servers with a secret key only. */
export function reservationRoutes(app: FastifyInstance, deps: UsageDeps): void {
  const typed = app.withTypeProvider<TypeBoxTypeProvider>()
  const common = {
    bodyLimit: BODY_MAX_BYTES,
    validatorCompiler: TypeBoxValidatorCompiler,
    onRequest: admitServer(deps),
  }
  typed.route({
    ...common,
    method: 'POST',
    url: '/v1/usage/reserve',
    schema: {
      ...shared,
      operationId: 'reserveCredits',
      summary: 'Set credits of the wallet aside for work whose cost is known in the end',
      description: "Meters and the period's allowance cannot be set aside: they count what was used.",
      body: reserveBodySchema,
      response: { ...responses, ...errorSchemas(400, 401, 403, 409, 413, 415, 422, 503) },
    },
    handler: async (request, reply) => {
      const parsed = parseReserve(callerOf(request), request.body, request.headers['idempotency-key'])
      if (!parsed.ok) return sendError(reply, CODE_OF_REFUSAL[parsed.refusal.code], parsed.refusal.problem)
      return answer(reply, await reserveCredits(deps.ctx, { ...parsed.value, ...factsOf(request) }))
    },
  })
  for (const kind of ['settle', 'release'] as const) {
    typed.route({
      ...common,
      method: 'POST',
      url: `/v1/usage/reservations/:reservation_id/${kind}`,
      schema: {
        ...shared,
        operationId: `${kind}Reservation`,
        summary: CLOSE[kind].summary,
        params,
        body: CLOSE[kind].body,
        response: { ...responses, ...errorSchemas(400, 401, 403, 404, 409, 413, 415, 422, 503) },
      },
      handler: async (request, reply) => {
        const { reservation_id: reservationId } = request.params
        if (!PLAUSIBLE_ID.test(reservationId)) return sendError(reply, 'reservation_not_found')
        const body = request.body as Static<typeof settleBodySchema>
        const parsed = parseClose(kind, body, request.headers['idempotency-key'])
        if (!parsed.ok) return sendError(reply, CODE_OF_REFUSAL[parsed.refusal.code], parsed.refusal.problem)
        return answer(reply, await closeReservation(deps.ctx, { ...parsed.value, reservationId, ...factsOf(request) }))
      },
    })
  }
}

/** Admits servers alone, and tells everybody else so before anything is read or asked. */
function admitServer(deps: UsageDeps) {
  const admit = admitUserOrServer(deps)
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    const bearer = bearerOf(request.headers.authorization)
    if (bearer === null || keyShape(bearer)?.kind === 'secret') return admit(request, reply)
    return sendError(reply, 'secret_key_required', 'who reserves must also say what the work cost')
  }
}

function callerOf({ usageCaller }: FastifyRequest): UsageCaller & { kind: 'server' } {
  if (usageCaller?.kind !== 'server') throw new Error('broken invariant: only servers are admitted')
  return usageCaller
}

function factsOf(request: FastifyRequest): { projectId: string; keyId: string; requestId: string } {
  const { projectId, keyId } = callerOf(request)
  return { projectId, keyId, requestId: request.id }
}

function answer(
  reply: FastifyReply,
  outcome: Result<HoldOutcome, ReserveRefusal | CloseReservationRefusal>,
): FastifyReply {
  if (outcome.ok)
    return reply.header('x-purser-revision', outcome.value.revision).send(reservationToWire(outcome.value))
  const { refusal } = outcome
  switch (refusal.code) {
    case 'credits_missing':
      tellRefusal(reply, 'insufficient_credits')
      return reply.code(refusal.status).send(missingToWire(refusal))
    case 'action_unknown':
      return sendError(reply, CODE_OF_REFUSAL[refusal.code], refusal.action)
    case 'meter_unknown':
    case 'not_reservable':
      return sendError(reply, CODE_OF_REFUSAL[refusal.code], refusal.meter)
    default:
      return sendError(reply, CODE_OF_REFUSAL[refusal.code])
  }
}
