import { type Static, Type } from 'typebox'
import type { Delivery, DeliveryAttempt } from '../../../core/webhooks/delivery.ts'
import { TOLD_TYPES } from '../../../core/webhooks/told-outside.ts'
import {
  AUTHORIZATION_MAX_LENGTH,
  conditionOf,
  ENDPOINT_NAME_MAX_LENGTH,
  ENDPOINT_URL_MAX_LENGTH,
  SECRET_MAX_LENGTH,
  SECRET_MIN_LENGTH,
  type WebhookEndpoint,
} from '../../../core/webhooks/webhook-endpoint.ts'

const time = Type.String({ format: 'date-time' })
const orNull = <Schema extends ReturnType<typeof Type.String | typeof Type.Integer>>(schema: Schema) =>
  Type.Union([schema, Type.Null()])
const strict = { additionalProperties: false }

const filters = {
  event_types: Type.Optional(
    Type.Union([Type.Array(Type.String(), { minItems: 1 }), Type.Null()], {
      description: `Which events; null: all. Of ${TOLD_TYPES.join(', ')}.`,
    }),
  ),
  app_id: Type.Optional({ ...orNull(Type.String()), description: 'Only events of this app; null: all events.' }),
  environment: Type.Optional(
    Type.Union([Type.Literal('production'), Type.Literal('sandbox'), Type.Null()], { description: 'Null: both.' }),
  ),
}
const name = Type.String({ minLength: 1, maxLength: ENDPOINT_NAME_MAX_LENGTH })
const url = Type.String({ maxLength: ENDPOINT_URL_MAX_LENGTH, examples: ['https://api.example.com/webhooks/purser'] })
const authorization = Type.Union([Type.String({ maxLength: AUTHORIZATION_MAX_LENGTH }), Type.Null()], {
  description: 'Sent as the header Authorization, as it is. It cannot be read again.',
})

export const CreateEndpointBody = Type.Object(
  {
    name,
    url,
    authorization: Type.Optional(authorization),
    signing_secret: Type.Optional(
      Type.String({
        minLength: SECRET_MIN_LENGTH,
        maxLength: SECRET_MAX_LENGTH,
        description: 'A secret that receivers know already. Without it a new one is made.',
      }),
    ),
    ...filters,
  },
  strict,
)

export const UpdateEndpointBody = Type.Object(
  {
    name: Type.Optional(name),
    url: Type.Optional(url),
    authorization: Type.Optional(authorization),
    ...filters,
    state: Type.Optional(
      Type.Union([Type.Literal('active'), Type.Literal('paused')], {
        description: 'While it is paused, events wait for it; they are kept for 30 days.',
      }),
    ),
  },
  strict,
)

const endpointFields = {
  endpoint_id: Type.String(),
  name: Type.String(),
  url: Type.String(),
  has_authorization: Type.Boolean(),
  event_types: Type.Union([Type.Array(Type.String()), Type.Null()]),
  app_id: orNull(Type.String()),
  environment: orNull(Type.String()),
  state: Type.String({
    description: 'active; paused by an operator; failing: it fails all the time and gets one probe a minute.',
    examples: ['active', 'paused', 'failing'],
  }),
  failing_since: orNull(time),
  failures_in_a_row: Type.Integer(),
  previous_secret_ends_at: { ...orNull(time), description: 'Until then requests carry signatures of both secrets.' },
  created_at: time,
}

export const EndpointWire = Type.Object(endpointFields, { description: 'The endpoint.' })

export const ReadEndpointWire = Type.Object(
  {
    ...endpointFields,
    waiting_customers: Type.Integer({ description: 'Customers with events that wait for it; counted up to 10,000.' }),
  },
  { description: 'The endpoint.' },
)

export const SecretEndpointWire = Type.Object(
  {
    ...endpointFields,
    signing_secret: Type.String({ description: 'This is the only time that it can be seen.' }),
  },
  { description: 'The endpoint with its new secret.' },
)

const attemptFields = {
  at: time,
  duration_ms: Type.Integer(),
  status: { ...orNull(Type.Integer()), description: 'Of the answer; null when there was none.' },
  error: { ...orNull(Type.String()), description: 'Null when it was delivered.' },
  request_headers: Type.Object({}, { additionalProperties: true }),
  answer: Type.String({ description: 'The first 2 KB of it.' }),
}

export const TestAttemptWire = Type.Object(attemptFields, { description: 'What came of the request.' })

const deliveryFields = {
  position: Type.Integer({ description: 'The place of the event in the feed.' }),
  event_id: Type.String({ description: 'The `id` in the body.' }),
  event_type: Type.String(),
  occurred_at: time,
  state: Type.String({ examples: ['pending', 'delivered', 'given_up'] }),
  attempt_count: Type.Integer({ description: 'Since it was queued last. Probes that failed do not count.' }),
  settled_at: orNull(time),
}

export const ListedDeliveryWire = Type.Object(deliveryFields)

export const DeliveryWire = Type.Object(
  {
    ...deliveryFields,
    attempts: Type.Array(Type.Object({ ...attemptFields, is_probe: Type.Boolean() }), {
      description: 'The latest twelve, the oldest first.',
    }),
    body: { ...orNull(Type.String()), description: 'The text that is sent; null when it is kept no more.' },
  },
  { description: 'The delivery.' },
)

export function endpointToWire(endpoint: WebhookEndpoint): Static<typeof EndpointWire> {
  const { circuit } = endpoint
  return {
    endpoint_id: endpoint.endpointId,
    name: endpoint.name,
    url: endpoint.url,
    has_authorization: endpoint.authorization !== null,
    event_types: endpoint.eventTypes === null ? null : [...endpoint.eventTypes],
    app_id: endpoint.appId,
    environment: endpoint.environment,
    state: conditionOf(endpoint),
    failing_since: timeToWire(circuit.failingSince),
    failures_in_a_row: circuit.failures,
    previous_secret_ends_at: timeToWire(endpoint.previousSecret?.endsAt ?? null),
    created_at: new Date(endpoint.createdAt).toISOString(),
  }
}

export function secretEndpointToWire(endpoint: WebhookEndpoint): Static<typeof SecretEndpointWire> {
  return { ...endpointToWire(endpoint), signing_secret: endpoint.secret }
}

export function listedDeliveryToWire(delivery: Omit<Delivery, 'attempts'>): Static<typeof ListedDeliveryWire> {
  return {
    position: delivery.position,
    event_id: delivery.webhookId,
    event_type: delivery.eventType,
    occurred_at: new Date(delivery.occurredAt).toISOString(),
    state: delivery.state,
    attempt_count: delivery.attemptCount,
    settled_at: timeToWire(delivery.settledAt),
  }
}

export function deliveryToWire(delivery: Delivery, body: string | null): Static<typeof DeliveryWire> {
  return {
    ...listedDeliveryToWire(delivery),
    attempts: delivery.attempts.map((one) => ({ ...attemptToWire(one), is_probe: one.isProbe })),
    body,
  }
}

export function attemptToWire(attempt: Omit<DeliveryAttempt, 'isProbe'>): Static<typeof TestAttemptWire> {
  return {
    at: new Date(attempt.at).toISOString(),
    duration_ms: attempt.durationMs,
    status: attempt.status,
    error: attempt.error,
    request_headers: attempt.headers,
    answer: attempt.answer,
  }
}

function timeToWire(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
