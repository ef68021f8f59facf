const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/

/** Years of four digits in UTC, from 1 on: others are written in a form that the database does not read. */
const FIRST_AT = Date.parse('0001-01-01T00:00:00Z')
export const LAST_AT = Date.parse('9999-12-31T23:59:59.999Z')

/** What a time looks like, for people who wrote something else. */
export const ISO_TIME_EXAMPLE = '2026-05-04T10:00:00Z'

/** The instant of an ISO 8601 time that says its zone; null for anything else. */
export function parseIsoTime(text: string): number | null {
  const at = ISO_TIME.test(text) ? Date.parse(text) : Number.NaN
  return at >= FIRST_AT && at <= LAST_AT ? at : null
}
