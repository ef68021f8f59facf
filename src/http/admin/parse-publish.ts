import type { PublishedValue } from '../../core/events/published-envelope.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { isOwnTopic, mainTopicOf } from '../../usecases/realtime/own-topics.ts'
import { chosenKey } from './chosen-key.ts'
import { headerProblem, keyProblem } from './field-problems.ts'
import { userIdProblem } from './parse-user-id.ts'
import { isFields, problemsOf } from './read-fields.ts'

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

export type PublishFault =
  /** Each problem names its field first. */
  { code: 'fields_invalid'; problems: readonly string[] } | { code: 'idempotency_key_mismatch' }

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
  idempotency_key?: string
}

/** Reads a request that publishes a message. Never throws, whatever the body is. */
export function parsePublish(body: unknown, headerKey: string | undefined): Result<PublishRequest, PublishFault> {
  if (!isFields(body)) return refuse({ code: 'fields_invalid', problems: ['body: must be a JSON object'] })
  const problems = problemsOf(body, {
    user_id: userIdProblem,
    topic: (value) => topicProblem(value, body.user_id),
    event: eventProblem,
    data: dataProblem,
    idempotency_key: keyProblem,
  })
  const header = headerProblem(headerKey)
  if (header !== null) problems.push(`Idempotency-Key: ${header}`)
  if (problems.length > 0) return refuse({ code: 'fields_invalid', problems })
  const fields = body as ValidFields
  const key = chosenKey(headerKey, fields.idempotency_key)
  if (!key.ok) return key
  return ok({
    userId: fields.user_id,
    topic: fields.topic ?? mainTopicOf(fields.user_id),
    event: fields.event,
    data: fields.data ?? null,
    idempotencyKey: key.value,
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
