import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { isLongerThan, isPlainText, userIdProblem } from './parse-user-id.ts'

/** Long enough for a ticket reference, short enough to read; counted without surrounding blanks. */
export const REASON_MIN_LENGTH = 3
export const REASON_MAX_LENGTH = 500
export const IDEMPOTENCY_KEY_MAX_LENGTH = 200
/** RevenueCat REST API v2, virtual currency codes. */
export const CURRENCY_PATTERN = '^[a-zA-Z0-9_]{1,10}$'
/** The currency of a change that names none. */
export const DEFAULT_CURRENCY = 'CRD'

/** Problems named in one answer, and how much of a field's name is repeated: names are chosen by the caller. */
const MAX_PROBLEMS = 10
const MAX_SHOWN_NAME = 50

const FIELDS = new Set(['user_id', 'amount', 'reason', 'currency', 'idempotency_key'])
const currencyPattern = new RegExp(CURRENCY_PATTERN)

/** Where the fields of a change come from. */
export type AdjustParts = {
  /** The decoded id in the path; null on the route that has it in the body. */
  pathUserId: string | null
  body: unknown
  /** The header `Idempotency-Key`, an alias of the body's field. */
  headerKey: string | undefined
}

/** A change of a balance that is well formed. Whether it is possible is not known yet. */
export type AdjustRequest = {
  userId: string
  amount: number
  /** Without surrounding blanks. */
  reason: string
  currency: string
  idempotencyKey: string | null
}

export type AdjustFault =
  /** Each problem names its field first: "amount: must be a whole number". */
  | { code: 'fields_invalid'; problems: readonly string[] }
  | { code: 'idempotency_key_mismatch' }
  | { code: 'amount_must_be_nonzero' }

type Fields = { [name: string]: unknown }
type ValidFields = { user_id?: string; amount: number; reason: string; currency?: string; idempotency_key?: string }

/**
 * Reads a request that grants or deducts units. Never throws, whatever the body is. All faulty fields are named at
 * once; only when each is right by itself are they judged together.
 */
export function parseAdjust(parts: AdjustParts, rules: { maxAdjust: number }): Result<AdjustRequest, AdjustFault> {
  if (!isFields(parts.body)) return refuse({ code: 'fields_invalid', problems: ['body: must be a JSON object'] })
  const problems = problemsOf(parts.body, parts, rules.maxAdjust)
  if (problems.length > 0) return refuse({ code: 'fields_invalid', problems: problems.slice(0, MAX_PROBLEMS) })
  const fields = parts.body as ValidFields
  const { pathUserId, headerKey } = parts
  if (headerKey !== undefined && (fields.idempotency_key ?? headerKey) !== headerKey) {
    return refuse({ code: 'idempotency_key_mismatch' })
  }
  if (fields.amount === 0) return refuse({ code: 'amount_must_be_nonzero' })
  return ok({
    userId: pathUserId ?? fields.user_id ?? '',
    amount: fields.amount,
    reason: fields.reason.trim(),
    currency: fields.currency ?? DEFAULT_CURRENCY,
    idempotencyKey: fields.idempotency_key ?? headerKey ?? null,
  })
}

function isFields(body: unknown): body is Fields {
  return typeof body === 'object' && body !== null && !Array.isArray(body)
}

function problemsOf(fields: Fields, { pathUserId, headerKey }: AdjustParts, maxAdjust: number): string[] {
  const found: Array<[name: string, problem: string | null]> = [
    ['user_id', pathUserId === null ? userIdProblem(fields.user_id) : pathProblem(pathUserId, fields.user_id)],
    ['amount', amountProblem(fields.amount, maxAdjust)],
    ['reason', reasonProblem(fields.reason)],
    ['currency', currencyProblem(fields.currency)],
    ['idempotency_key', keyProblem(fields.idempotency_key)],
    ['Idempotency-Key', headerProblem(headerKey)],
  ]
  const unknown = Object.keys(fields).filter((name) => !FIELDS.has(name))
  return [
    ...found.flatMap(([name, problem]) => (problem === null ? [] : [`${name}: ${problem}`])),
    ...unknown.map((name) => `${JSON.stringify(name.slice(0, MAX_SHOWN_NAME))}: is not a known field`),
  ]
}

/** On the route with the id in its path, the body may repeat the id but not contradict it. */
function pathProblem(pathUserId: string, bodyUserId: unknown): string | null {
  if (bodyUserId !== undefined && bodyUserId !== pathUserId) return 'must be the one in the path, or be left out'
  return userIdProblem(pathUserId)
}

function amountProblem(value: unknown, maxAdjust: number): string | null {
  if (value === undefined) return 'is required'
  if (typeof value !== 'number' || !Number.isInteger(value)) return 'must be a whole number'
  return Math.abs(value) > maxAdjust ? `must be between -${maxAdjust} and ${maxAdjust}` : null
}

function reasonProblem(value: unknown): string | null {
  if (value === undefined) return 'is required'
  if (typeof value !== 'string') return 'must be a text'
  const reason = value.trim()
  if (isLongerThan(reason, REASON_MAX_LENGTH) || !isLongerThan(reason, REASON_MIN_LENGTH - 1)) {
    return `must have ${REASON_MIN_LENGTH} to ${REASON_MAX_LENGTH} characters`
  }
  return isPlainText(reason) ? null : 'must not contain control characters'
}

function currencyProblem(value: unknown): string | null {
  if (value === undefined) return null
  const isCode = typeof value === 'string' && currencyPattern.test(value)
  return isCode ? null : 'must be a code of 1 to 10 letters, digits or underscores'
}

/** A key that is `null` or empty is a fault, not a missing key: such a request would be repeated unprotected. */
function keyProblem(value: unknown): string | null {
  if (value === undefined) return null
  if (typeof value !== 'string' || value === '' || isLongerThan(value, IDEMPOTENCY_KEY_MAX_LENGTH)) {
    return `must be a text of 1 to ${IDEMPOTENCY_KEY_MAX_LENGTH} characters`
  }
  return isPlainText(value) ? null : 'must not contain control characters'
}

/** Other characters would be read differently from a header than from a body, so the two would never be equal. */
function headerProblem(value: string | undefined): string | null {
  if (value !== undefined && /[^\x20-\x7e]/.test(value)) return 'must be ASCII; send other keys in the body'
  return keyProblem(value)
}
