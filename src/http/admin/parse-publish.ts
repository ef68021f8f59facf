import type { PublishedValue } from '../../core/events/published-envelope.ts'
import { ok, type Result } from '../../core/lib/result.ts'
import { isOwnTopic, mainTopicOf } from '../../usecases/realtime/own-topics.ts'
import { userIdProblem } from './parse-user-id.ts'
import { isFields } from './read-fields.ts'
import { type KeyedFault, readKeyedFields } from './read-keyed-fields.ts'

/** Names of at least two words, so that they never meet a name of the protocol such as `connected`. */
export const EVENT_PATTERN = '^[a-z][a-z0-9_]*(\\.[a-z0-9_]+)+$'
export const EVENT_MAX_LENGTH = 64
/** First words that this server uses, or may use one day. */
export const RESERVED_PREFIXES = [
  'customer',
  'entitlements',
  'offerings',
  'profile',
  'purser',
  'realtime',
  'session',
  'usage',
  'wallet',
] as const

/** A message says that something happened, not all about it: the whole frame fits into one network packet. */
export const DATA_MAX_BYTES = 1_024
export const DATA_FIELDS_MAX = 16
export const DATA_NAME_PATTERN = '^[A-Za-z][A-Za-z0-9_]{0,63}$'

const eventPattern = new RegExp(EVENT_PATTERN)
const dataNamePattern = new RegExp(DATA_NAME_PATTERN)
const reserved: ReadonlySet<string> = new Set(RESERVED_PREFIXES)

export type PublishRequest = {
  userId: string
  topic: string
  event: string
  data: Record<string, PublishedValue> | null
  idempotencyKey: string | null
}

type ValidFields = {
  user_id: string
  topic?: string
  event: string
  data?: Record<string, PublishedValue>
}

/** Reads a request that publishes a message. Never throws, whatever the body is. */
export function parsePublish(body: unknown, headerKey: string | undefined): Result<PublishRequest, KeyedFault> {
  const read = readKeyedFields(body, headerKey, {
    user_id: userIdProblem,
    topic: (value) => topicProblem(value, isFields(body) ? body.user_id : undefined),
    event: eventProblem,
    data: dataProblem,
  })
  if (!read.ok) return read
  const { idempotencyKey } = read.value
  const fields = read.value.fields as ValidFields
  return ok({
    userId: fields.user_id,
    topic: fields.topic ?? mainTopicOf(fields.user_id),
    event: fields.event,
    data: fields.data ?? null,
    idempotencyKey,
  })
}

function topicProblem(value: unknown, userId: unknown): string | null {
  if (value === undefined) return null
  const isOwn = typeof value === 'string' && typeof userId === 'string' && isOwnTopic(userId, value)
  return isOwn ? null : 'must be `user:<user_id>`, or that with a colon and more'
}

function eventProblem(value: unknown): string | null {
  if (value === undefined) return 'is required'
  if (typeof value !== 'string' || value.length > EVENT_MAX_LENGTH || !eventPattern.test(value)) {
    return `must be small words joined by dots, such as orders.updated, of at most ${EVENT_MAX_LENGTH} characters`
  }
  const [first = ''] = value.split('.')
  return reserved.has(first) ? `must not begin with "${first}.", which is the server's own` : null
}

function dataProblem(value: unknown): string | null {
  if (value === undefined) return null
  if (!isFields(value)) return 'must be an object, or be left out'
  const entries = Object.entries(value)
  if (entries.length > DATA_FIELDS_MAX) return `must have at most ${DATA_FIELDS_MAX} fields`
  if (!entries.every(([name, field]) => dataNamePattern.test(name) && isFlat(field))) {
    return 'must have names of letters, digits and underscores, and texts, numbers, booleans or null for values'
  }
  const bytes = Buffer.byteLength(JSON.stringify(value))
  return bytes > DATA_MAX_BYTES ? `must have at most ${DATA_MAX_BYTES} bytes as JSON` : null
}

function isFlat(value: unknown): value is PublishedValue {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0')
  return value === null || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
}
