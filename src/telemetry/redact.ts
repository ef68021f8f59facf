import { errorFields } from './error-fields.ts'

/** What stands in a log line for a value that must not be there. */
export const REDACTED = '[redacted]'

/** Deeper values are cut: no log line needs them, and a cycle ends here. */
const MAX_DEPTH = 8

/** Values copied for one line. A line that is larger is data, not a log. */
const MAX_VALUES = 2_000

/** Entries of one list and characters of one text that are logged, for the same reason. */
const MAX_ENTRIES = 100
const MAX_TEXT_LENGTH = 4_000

/**
 * Names whose text or content never belongs in a log: credentials, store receipts and tokens, and what people write
 * about people (reasons, attributes). Matches the end of the name, so that `store_fetch_token` is covered too.
 */
const privateName =
  /(?:authorization|cookie|tokens?|secrets?|passwords?|credentials?|receipts?|receipt[-_]?data|(?:api|secret|private)[-_]?keys?|signed[-_]?payload|(?:database|redis)[-_]?url|attributes)$|^(?:reason|jws|jwt)$/i

/**
 * The same by exact path, for the places that the walk below cannot reach: fields bound to a child logger and objects
 * interpolated into a message. Only fixed paths: every wildcard level costs a line tens of microseconds.
 */
export const redactedPaths: readonly string[] = [
  ...['authorization', 'cookie', 'fetch_token', 'fetchToken', 'receipt', 'token', 'secret', 'password', 'reason'],
  ...['attributes', 'apiKey', 'api_key', 'purchase_token', 'purchaseToken', 'receipt_data', 'databaseUrl', 'redisUrl'],
  ...['headers', 'req.headers'].flatMap((parent) =>
    ['authorization', '["proxy-authorization"]', 'cookie', '["set-cookie"]'].map((name) =>
      name.startsWith('[') ? `${parent}${name}` : `${parent}.${name}`,
    ),
  ),
]

/**
 * Copies the fields of a log line without private values, at any depth. Numbers and booleans stay under any name: they
 * are counts and facts. Errors become plain fields, bytes become their length; other class instances are left to the
 * logger's serializers.
 */
export function redactFields(fields: Record<string, unknown>): Record<string, unknown> {
  return copyFields(fields, 0, { left: MAX_VALUES })
}

type Budget = { left: number }

function copyFields(fields: object, depth: number, budget: Budget): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      isPrivate(name, value) ? REDACTED : copyValue(value, depth + 1, budget),
    ]),
  )
}

function isPrivate(name: string, value: unknown): boolean {
  const hasContent = (typeof value === 'string' && value !== '') || (typeof value === 'object' && value !== null)
  return hasContent && privateName.test(name)
}

function copyValue(value: unknown, depth: number, budget: Budget): unknown {
  if (typeof value === 'string') return cutText(value)
  if (typeof value !== 'object' || value === null) return value
  budget.left -= 1
  if (depth > MAX_DEPTH || budget.left < 0) return '[cut]'
  if (value instanceof Error) return errorFields(value)
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`
  if (Array.isArray(value)) return copyList(value, depth, budget)
  return isPlain(value) ? copyFields(value, depth, budget) : value
}

function copyList(list: readonly unknown[], depth: number, budget: Budget): unknown[] {
  const copied = list.slice(0, MAX_ENTRIES).map((entry) => copyValue(entry, depth + 1, budget))
  return list.length > MAX_ENTRIES ? [...copied, `[${list.length - MAX_ENTRIES} more]`] : copied
}

function cutText(text: string): string {
  return text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH)}[cut]` : text
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
