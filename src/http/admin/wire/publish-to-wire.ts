import { type Static, Type } from 'typebox'
import { TOPIC_MAX_LENGTH } from '../../../usecases/realtime/own-topics.ts'
import type { PublishOutcome } from '../../../usecases/realtime/publish-envelope.ts'
import {
  DATA_FIELDS_MAX,
  DATA_MAX_BYTES,
  DATA_NAME_PATTERN,
  EVENT_MAX_LENGTH,
  EVENT_PATTERN,
  RESERVED_PREFIXES,
} from '../parse-publish.ts'
import { IdempotencyKeyWire, UserIdWire } from './adjust-to-wire.ts'

export const PublishBody = Type.Object(
  {
    user_id: UserIdWire,
    topic: Type.Optional(
      Type.String({
        maxLength: TOPIC_MAX_LENGTH,
        description: "One of the user's topics: `user:<user_id>`, which is the default, or that with a colon and more.",
      }),
    ),
    event: Type.String({
      pattern: EVENT_PATTERN,
      maxLength: EVENT_MAX_LENGTH,
      description: `Names that begin with ${RESERVED_PREFIXES.map((word) => `\`${word}.\``).join(', ')} are refused.`,
      examples: ['orders.updated'],
    }),
    data: Type.Optional(
      Type.Record(
        Type.String({ pattern: DATA_NAME_PATTERN }),
        Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
        {
          maxProperties: DATA_FIELDS_MAX,
          description: `Told as it is. At most ${DATA_MAX_BYTES} bytes as JSON. It passes over lines of others: no secrets.`,
          examples: [{ order: 'A-1042' }],
        },
      ),
    ),
    idempotency_key: Type.Optional(IdempotencyKeyWire),
  },
  { additionalProperties: false },
)

export const PublishedWire = Type.Object(
  {
    id: Type.String({ description: 'The `id` in the envelope.' }),
    user_id: Type.String(),
    topic: Type.String(),
    event: Type.String(),
    seq: Type.Integer({ description: "The customer's revision that the message raised; the `seq` in the envelope." }),
    idempotency_key: Type.Union([Type.String(), Type.Null()]),
    replayed: Type.Boolean({ description: 'Whether an earlier request with the same key had done it already.' }),
    occurred_at: Type.String({ format: 'date-time' }),
  },
  { description: 'The message was kept and is being told. Whether anybody listens is not said.' },
)

/** A published message as its publisher sees it. */
export function publishToWire(
  { published, replayed }: PublishOutcome,
  idempotencyKey: string | null,
): Static<typeof PublishedWire> {
  return {
    id: published.envelopeId,
    user_id: published.userId,
    topic: published.topic,
    event: published.event,
    seq: published.revision,
    idempotency_key: idempotencyKey,
    replayed,
    occurred_at: new Date(published.occurredAt).toISOString(),
  }
}
