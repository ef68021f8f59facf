/** RevenueCat allows 1,500; an identity provider's ids are far shorter, and this one is stored and indexed. */
export const USER_ID_MAX_LENGTH = 255
/** Long enough for a ticket reference, short enough to read; counted without surrounding blanks. */
export const REASON_MIN_LENGTH = 3
export const REASON_MAX_LENGTH = 500
export const IDEMPOTENCY_KEY_MAX_LENGTH = 200
/** RevenueCat REST API v2, virtual currency codes. */
export const CURRENCY_PATTERN = '^[a-zA-Z0-9_]{1,10}$'
/** The currency of a change that names none. */
export const DEFAULT_CURRENCY = 'CRD'

const currencyPattern = new RegExp(CURRENCY_PATTERN)

/**
 * What is wrong with the id of a user, in words that follow "user_id: "; null when it can be looked up. The id is taken
 * as it is, blanks and letter case included: an operator must not change the balance of a person with a similar id.
 */
export function userIdProblem(value: unknown): string | null {
  if (value === undefined) return 'is required'
  if (typeof value !== 'string') return 'must be a text'
  if (value === '' || isLongerThan(value, USER_ID_MAX_LENGTH)) return `must have 1 to ${USER_ID_MAX_LENGTH} characters`
  if (!isPlainText(value)) return 'must not contain control characters'
  return null
}

/** As with the other fields: what is wrong with the value, in words that follow the field's name; null when nothing is. */
export function reasonProblem(value: unknown): string | null {
  if (value === undefined) return 'is required'
  if (typeof value !== 'string') return 'must be a text'
  const reason = value.trim()
  if (isLongerThan(reason, REASON_MAX_LENGTH) || !isLongerThan(reason, REASON_MIN_LENGTH - 1)) {
    return `must have ${REASON_MIN_LENGTH} to ${REASON_MAX_LENGTH} characters`
  }
  return isPlainText(reason) ? null : 'must not contain control characters'
}

export function currencyProblem(value: unknown): string | null {
  if (value === undefined) return null
  const isCode = typeof value === 'string' && currencyPattern.test(value)
  return isCode ? null : 'must be a code of 1 to 10 letters, digits or underscores'
}

/** A key that is `null` or empty is a fault, not a missing key: such a request would be repeated unprotected. */
export function keyProblem(value: unknown): string | null {
  if (value === undefined) return null
  if (typeof value !== 'string' || value === '' || isLongerThan(value, IDEMPOTENCY_KEY_MAX_LENGTH)) {
    return `must be a text of 1 to ${IDEMPOTENCY_KEY_MAX_LENGTH} characters`
  }
  return isPlainText(value) ? null : 'must not contain control characters'
}

/** `maxAdjust` is the largest absolute amount of one change. Zero is judged elsewhere: it has an error of its own. */
export function amountProblem(value: unknown, maxAdjust: number): string | null {
  if (value === undefined) return 'is required'
  if (typeof value !== 'number' || !Number.isInteger(value)) return 'must be a whole number'
  return Math.abs(value) > maxAdjust ? `must be between -${maxAdjust} and ${maxAdjust}` : null
}

/** Whether a text has more than `max` Unicode code points. Does not look at more of it than it must. */
export function isLongerThan(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || [...text].length > max)
}

/** Whether a text can be stored and shown on one line: no control characters, no half surrogate pairs. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text)
}
