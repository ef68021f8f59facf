import { isLongerThan, isPlainText } from './parse-user-id.ts'

/** Long enough for a ticket reference, short enough to read; counted without surrounding blanks. */
export const REASON_MIN_LENGTH = 3
export const REASON_MAX_LENGTH = 500
export const IDEMPOTENCY_KEY_MAX_LENGTH = 200
/** RevenueCat REST API v2, virtual currency codes. */
export const CURRENCY_PATTERN = '^[a-zA-Z0-9_]{1,10}$'

const currencyPattern = new RegExp(CURRENCY_PATTERN)

/** Each of these says what is wrong with a field's value, in words that follow the field's name; null when nothing is. */
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

/** Other characters would be read differently from a header than from a body, so the two would never be equal. */
export function headerProblem(value: string | undefined): string | null {
  if (value !== undefined && /[^\x20-\x7e]/.test(value)) return 'must be ASCII; send other keys in the body'
  return keyProblem(value)
}
