import { Type } from 'typebox'
import { WAIT_DEFAULT_MS, WAIT_MAX_MS } from './parse-stream-query.ts'

const query = {
  token: Type.Optional(
    Type.String({ description: 'Token of the bootstrap. Better sent as bearer, where the client can.' }),
  ),
  cursor: Type.Optional(
    Type.Integer({ minimum: 0, description: 'The highest `seq` that was handled: brings back what was missed.' }),
  ),
  topic: Type.Optional(
    Type.Array(Type.String(), { description: "More topics. Those that are not the user's own are rejected." }),
  ),
}

const refused = (description: string, codes: readonly string[]) =>
  Type.Object({ detail: Type.String({ examples: [...codes] }) }, { description })

const refusals = {
  400: refused('A parameter is invalid.', ['invalid_cursor', 'invalid_topic', 'invalid_wait']),
  401: refused('The token is missing, unknown, revoked or expired.', [
    'missing_token',
    'invalid_token',
    'token_expired',
  ]),
  429: refused('Too many connections of the user, or too many requests; see Retry-After.', [
    'too_many_sockets',
    'rate_limited',
  ]),
  503: refused('The server cannot take it now; see Retry-After.', ['draining', 'at_capacity', 'unavailable']),
}

const shared = { tags: ['Realtime'], security: [{ socketToken: [] }] }

export const eventsSchema = {
  ...shared,
  operationId: 'streamRealtimeEvents',
  summary: 'Listen by server-sent events',
  description: 'The frames of the WebSocket as a stream. `Last-Event-ID` goes before `cursor`.',
  headers: Type.Object({ 'last-event-id': Type.Optional(Type.String()) }),
  querystring: Type.Object(query),
  produces: ['text/event-stream'],
  response: {
    200: {
      description: 'An endless stream of events.',
      content: { 'text/event-stream': { schema: Type.String() } },
    },
    ...refusals,
  },
}

const FrameWire = Type.Object({
  v: Type.Literal(1),
  event: Type.String(),
  data: Type.Object({}, { additionalProperties: true }),
})

export const pollSchema = {
  ...shared,
  operationId: 'pollRealtimeEvents',
  summary: 'Listen by long polling',
  description: 'Answers with the first thing that there is to tell, or without any when the time is over.',
  querystring: Type.Object({
    ...query,
    wait_ms: Type.Optional(Type.Integer({ minimum: 0, maximum: WAIT_MAX_MS, default: WAIT_DEFAULT_MS })),
  }),
  response: {
    200: Type.Object(
      {
        v: Type.Literal(1),
        cursor: Type.Integer({ description: 'The cursor of the next poll.' }),
        frames: Type.Array(FrameWire),
        close: Type.Union([Type.Object({ code: Type.Integer(), reason: Type.String() }), Type.Null()], {
          description: 'Not null when the session is over; the codes are those of the WebSocket.',
        }),
      },
      { description: 'The frames of this poll.' },
    ),
    ...refusals,
  },
}
