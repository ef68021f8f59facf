import { type TSchema, Type } from 'typebox'
import { TOPICS_MAX } from '../usecases/realtime/own-topics.ts'
import type { ClientFrame } from './client-frame.ts'
import {
  type ErrorCode,
  type InvalidationEvent,
  PROTOCOL_VERSION,
  type PublishedEvent,
  type ServerFrame,
} from './envelope.ts'

/** Names of our own frames: those without a dot, and those with one that no publisher can take. */
type OwnEvent = Exclude<ServerFrame['event'], PublishedEvent> | Exclude<InvalidationEvent, PublishedEvent> | DottedEvent
type DottedEvent = 'usage.changed' | 'entitlements.changed' | 'session.revoked'

const ERROR_CODES = {
  invalid_json: true,
  invalid_frame: true,
  unsupported_version: true,
  binary_not_supported: true,
  unknown_op: true,
  too_many_topics: true,
} as const satisfies Record<ErrorCode, true>

const Topic = Type.String({ description: '`user:<user id>`, or that with a colon and more.', examples: ['user:anna'] })
const Topics = Type.Array(Topic)
const Seq = Type.Integer({ minimum: 0, description: "The customer's revision." })
const Time = Type.String({ format: 'date-time' })
const Nothing = Type.Object({})

const invalidation = {
  id: Type.String({ description: 'The same for the same fact, also after a reconnect: drop ids that you have seen.' }),
  topic: Topic,
  silent: Type.Literal(true, { description: 'Show nothing.' }),
  seq: Seq,
  occurred_at: Time,
}
const Cause = Type.String({
  description: 'Why. `replay` stands for what happened while nobody listened. Expect values that you do not know.',
  examples: ['admin_adjust', 'purchase', 'renewal', 'expiration', 'refund', 'reversal', 'hold', 'merge', 'replay'],
})

type Described = { summary: string; data: TSchema }

/** Every frame of the server but published messages. A new one does not compile until it is described here. */
export const SERVER_FRAMES = {
  connected: {
    summary: 'Right after the connection is open.',
    data: Type.Object({ user_id: Type.String(), server_time: Time, topics: Topics, seq: Seq }),
  },
  subscribed: {
    summary: 'The answer to a subscription.',
    data: Type.Object({
      topics: Topics,
      rejected: Topics,
      replayed: Type.Integer({ minimum: 0, description: 'How many messages the cursor brought.' }),
    }),
  },
  'usage.changed': {
    summary: 'Balances or usage changed: read them again.',
    data: Type.Object({
      ...invalidation,
      cause: Cause,
      currency: Type.Optional(Type.String({ description: 'The one currency that changed, if it is one.' })),
    }),
  },
  'entitlements.changed': {
    summary: 'Access changed: read the customer again.',
    data: Type.Object({ ...invalidation, cause: Cause }),
  },
  'session.revoked': {
    summary: 'Somebody signed the user or the device out. A close with 4001 follows.',
    data: Type.Object({ topic: Topic, silent: Type.Literal(true), occurred_at: Time }),
  },
  ping: { summary: 'Every 30 seconds.', data: Nothing },
  pong: { summary: 'The answer to a ping.', data: Nothing },
  auth_expired: { summary: 'The token expired. A close with 4001 follows.', data: Nothing },
  going_away: {
    summary: 'The server stops. Come back after the delay.',
    data: Type.Object({ retry_after_ms: Type.Integer({ minimum: 0 }) }),
  },
  closed: {
    summary: 'The last word on transports without close codes.',
    data: Type.Object({ code: Type.Integer(), reason: Type.String() }),
  },
  error: {
    summary: 'A frame was not accepted. A close with 4002 follows, except after `unknown_op` and `too_many_topics`.',
    data: Type.Object({
      code: Type.Union(Object.keys(ERROR_CODES).map((code) => Type.Literal(code))),
      message: Type.String(),
    }),
  },
} as const satisfies Record<OwnEvent, Described>

/** A message that a team's own service published: any name with a dot that is not one of ours. */
export const PUBLISHED_FRAME: Described = {
  summary: "A message of the team's own services.",
  data: Type.Object({
    ...invalidation,
    cause: Type.Literal('publish'),
    data: Type.Optional(
      Type.Record(Type.String(), Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()])),
    ),
  }),
}

/** Every frame of a client. */
export const CLIENT_FRAMES = {
  subscribe: {
    summary: 'Adds topics. With a cursor, what was missed is replayed.',
    fields: {
      topics: Type.Array(Topic, { description: `A connection has at most ${TOPICS_MAX}.` }),
      cursor: Type.Optional(
        Type.Union([Seq, Type.Null()], { description: 'The highest `seq` that was handled before this connection.' }),
      ),
    },
  },
  unsubscribe: { summary: 'Removes topics. There is no answer.', fields: { topics: Topics } },
  ping: { summary: 'Answered by `pong`.', fields: {} },
  pong: { summary: 'A sign of life.', fields: {} },
} as const satisfies Record<ClientFrame['op'], { summary: string; fields: Record<string, TSchema> }>

/** The schema of a whole frame of the server. */
export function serverFrameSchema(event: TSchema, { summary, data }: Described): TSchema {
  return Type.Object({ v: Type.Literal(PROTOCOL_VERSION), event, data }, { description: summary })
}

/** The schema of a whole frame of a client. */
export function clientFrameSchema(op: keyof typeof CLIENT_FRAMES): TSchema {
  const { summary, fields } = CLIENT_FRAMES[op]
  return Type.Object({ v: Type.Literal(PROTOCOL_VERSION), op: Type.Literal(op), ...fields }, { description: summary })
}
