import { ok, type Result, refuse } from '../lib/result.ts'

/** Longest app user id of REST API v1, in Unicode code points. */
export const APP_USER_ID_MAX_LENGTH = 100

const ANONYMOUS = /^\$RCAnonymousID:[0-9a-f]{32}$/

/** Values that are bugs in an app rather than people. RevenueCat's list of blocked ids. */
const REJECTED = new Set([
  'no_user',
  'null',
  'none',
  'nil',
  '(null)',
  'NaN',
  '\\x00',
  'unidentified',
  'undefined',
  'unknown',
  'anonymous',
  'guest',
  '-1',
  '0',
  '[]',
  '{}',
  '[object Object]',
])

export type AppUserIdRefusal = { code: 'app_user_id_empty' } | { code: 'app_user_id_invalid'; problem: string }

/**
 * Accepts a decoded app user id. Surrounding blanks are cut as the iOS SDK does; case matters.
 * Errors: `app_user_id_empty`; `app_user_id_invalid` with the problem in words.
 */
export function parseAppUserId(text: string): Result<string, AppUserIdRefusal> {
  const id = text.trim()
  if (id === '') return refuse({ code: 'app_user_id_empty' })
  const problem = problemOf(id)
  return problem === null ? ok(id) : refuse({ code: 'app_user_id_invalid', problem })
}

function problemOf(id: string): string | null {
  if ([...id].length > APP_USER_ID_MAX_LENGTH) return `it is longer than ${APP_USER_ID_MAX_LENGTH} characters`
  if (id.includes('/')) return 'it contains a slash'
  if (!id.isWellFormed() || /\p{Cc}/u.test(id)) return 'it contains characters that cannot be stored'
  if (REJECTED.has(id)) return 'it is a placeholder, not the id of a person'
  return null
}

/** Whether the SDK made this id up before anybody logged in. */
export function isAnonymousId(appUserId: string): boolean {
  return ANONYMOUS.test(appUserId)
}
