import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { listDeliveries, readDelivery } from '../../usecases/webhooks/read-deliveries.ts'
import { REPLAY_MAX, replayEvent, replayRange } from '../../usecases/webhooks/replay-events.ts'
import { sendTestEvent } from '../../usecases/webhooks/send-test-event.ts'
import type { AdminDeps } from './admin-deps.ts'
import { errorSchemas } from './error-schema.ts'
import { CODE_OF_REFUSAL, sendError, sendProblems } from './errors.ts'
import type { AdminGuard } from './guard.ts'
import {
  DELIVERIES_LIMIT_DEFAULT,
  DELIVERIES_LIMIT_MAX,
  DELIVERY_STATES,
  parseDeliveriesQuery,
  parsePosition,
  parseReplayRange,
} from './parse-deliveries-query.ts'
import { namedEndpoint, webhookShared as shared } from './webhook-endpoints-routes.ts'
import { UserIdWire } from './wire/adjust-to-wire.ts'
import {
  attemptToWire,
  DeliveryWire,
  deliveryToWire,
  ListedDeliveryWire,
  listedDeliveryToWire,
  TestAttemptWire,
} from './wire/webhook-to-wire.ts'

const endpointId = { endpoint_id: Type.String() }
const params = Type.Object(endpointId)
const deliveryParams = Type.Object({ ...endpointId, position: Type.Integer({ minimum: 1 }) })
const queued = Type.Integer({ description: 'How many events are sent again.' })

const schemas = {
  list: {
    ...shared,
    operationId: 'listWebhookDeliveries',
    summary: 'Read the log of an endpoint, the newest events first',
    params,
    querystring: Type.Object({
      state: Type.Optional(Type.Union(DELIVERY_STATES.map((state) => Type.Literal(state)))),
      event_type: Type.Optional(Type.String()),
      user_id: Type.Optional(UserIdWire),
      cursor: Type.Optional(Type.String({ description: '`next_cursor` of the page before.' })),
      limit: Type.Optional(
        Type.Integer({ minimum: 1, maximum: DELIVERIES_LIMIT_MAX, default: DELIVERIES_LIMIT_DEFAULT }),
      ),
    }),
    response: {
      200: Type.Object(
        { items: Type.Array(ListedDeliveryWire), next_cursor: Type.Union([Type.String(), Type.Null()]) },
        { description: 'A page of the log. It goes back 30 days.' },
      ),
      ...errorSchemas(404, 422),
    },
  },
  read: {
    ...shared,
    operationId: 'getWebhookDelivery',
    summary: 'Read a delivery with its attempts and its body',
    params: deliveryParams,
    response: { 200: DeliveryWire, ...errorSchemas(404) },
  },
  replayOne: {
    ...shared,
    operationId: 'replayWebhookEvent',
    summary: 'Send one event again, whether or not the endpoint got it',
    params: deliveryParams,
    response: { 200: Type.Object({ queued }, { description: 'It is queued.' }), ...errorSchemas(404) },
  },
  replayRange: {
    ...shared,
    operationId: 'replayWebhookEvents',
    summary: "Send a part of the feed again: what the endpoint's filters want, in order",
    description: `Looks at ${REPLAY_MAX} events at most. When there are more, ask again with \`next_after\` as \`after\`.`,
    params,
    body: Type.Object(
      {
        after: Type.Optional(Type.Integer({ minimum: 0, description: 'Only what comes after this position.' })),
        since: Type.Optional(Type.String({ format: 'date-time', description: 'Only what happened not before.' })),
        until: Type.Optional(Type.String({ format: 'date-time', description: 'Only what happened before.' })),
      },
      { additionalProperties: false },
    ),
    response: {
      200: Type.Object(
        { queued, next_after: Type.Union([Type.Integer(), Type.Null()], { description: 'Null: that was all.' }) },
        { description: 'They are queued.' },
      ),
      ...errorSchemas(404, 413, 415, 422),
    },
  },
  test: {
    ...shared,
    operationId: 'testWebhookEndpoint',
    summary: 'Send an invented event of type TEST, once, and learn what came of it',
    params,
    response: { 200: TestAttemptWire, ...errorSchemas(404) },
  },
}

type RouteDeps = Pick<AdminDeps, 'ctx' | 'projectFor' | 'limits' | 'webhooks'>

/** `GET .../deliveries` and one of them, `POST .../deliveries/{position}/replay`, `POST .../replay`, `POST .../test`. */
export function webhookDeliveriesRoutes(app: FastifyInstance, deps: RouteDeps, guard: AdminGuard): void {
  const { ctx, limits, webhooks, projectFor } = deps
  const onRead = guard(limits.balances, 'read')
  const onRequest = guard(limits.adjust, 'manage')
  const one = '/webhooks/endpoints/:endpoint_id'
  app.get(`${one}/deliveries`, { schema: schemas.list, onRequest: onRead }, async (request, reply) => {
    const wanted = parseDeliveriesQuery(request.query as Record<string, unknown>)
    if (!wanted.ok) return sendProblems(reply, wanted.refusal)
    const name = await namedEndpoint(projectFor, request)
    const found = name.ok ? await listDeliveries(ctx, { ...name.value, ...wanted.value }) : name
    if (!found.ok) return sendError(reply, CODE_OF_REFUSAL[found.refusal.code])
    const { deliveries, next } = found.value
    return { items: deliveries.map(listedDeliveryToWire), next_cursor: next === null ? null : String(next) }
  })
  app.get(`${one}/deliveries/:position`, { schema: schemas.read, onRequest: onRead }, async (request, reply) => {
    const position = positionOf(request.params)
    if (position === null) return sendError(reply, 'delivery_not_found')
    const name = await namedEndpoint(projectFor, request)
    const found = name.ok ? await readDelivery(ctx, { ...name.value, position }) : name
    if (!found.ok) return sendError(reply, CODE_OF_REFUSAL[found.refusal.code])
    return deliveryToWire(found.value.delivery, found.value.body)
  })
  const replay = { schema: schemas.replayOne, onRequest }
  app.post(`${one}/deliveries/:position/replay`, replay, async (request, reply) => {
    const position = positionOf(request.params)
    if (position === null) return sendError(reply, 'event_not_found')
    const name = await namedEndpoint(projectFor, request)
    const replayed = name.ok ? await replayEvent(ctx, { ...name.value, position }) : name
    return replayed.ok ? { queued: 1 } : sendError(reply, CODE_OF_REFUSAL[replayed.refusal.code])
  })
  app.post(`${one}/replay`, { schema: schemas.replayRange, onRequest }, async (request, reply) => {
    const range = parseReplayRange(request.body)
    if (!range.ok) return sendProblems(reply, range.refusal)
    const name = await namedEndpoint(projectFor, request)
    const replayed = name.ok ? await replayRange(ctx, { ...name.value, range: range.value }) : name
    if (!replayed.ok) return sendError(reply, CODE_OF_REFUSAL[replayed.refusal.code])
    return { queued: replayed.value.queued, next_after: replayed.value.next }
  })
  app.post(`${one}/test`, { schema: schemas.test, onRequest }, async (request, reply) => {
    const name = await namedEndpoint(projectFor, request)
    const sent = name.ok ? await sendTestEvent(ctx, webhooks.sendTest, name.value) : name
    return sent.ok ? attemptToWire(sent.value) : sendError(reply, CODE_OF_REFUSAL[sent.refusal.code])
  })
}

function positionOf(params: unknown): number | null {
  return parsePosition((params as { position: string }).position)
}
