/** RevenueCat allows 1,500; an identity provider's ids are far shorter, and this one is stored and indexed. */
export const USER_ID_MAX_LENGTH = 255

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

/** Whether a text has more than `max` Unicode code points. Does not look at more of it than it must. */
export function isLongerThan(text: string, max: number): boolean {
  return text.length > max && (text.length > 2 * max || [...text].length > max)
}

/** Whether a text can be stored and shown on one line: no control characters, no half surrogate pairs. */
export function isPlainText(text: string): boolean {
  return text.isWellFormed() && !/\p{Cc}/u.test(text)
}
