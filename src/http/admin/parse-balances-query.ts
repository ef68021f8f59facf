import { ok, type Result, refuse } from '../../core/lib/result.ts'

/** `include_empty` and the name that the same parameter has in RevenueCat's REST API v2. */
const NAMES = ['include_empty', 'include_empty_balances']

/**
 * Whether balances of zero are wanted. The refusal is the problem in words. Other parameters are ignored, as query
 * strings gather strangers on their way.
 */
export function parseBalancesQuery(
  query: Readonly<Record<string, unknown>>,
): Result<{ includeEmpty: boolean }, string> {
  const given = NAMES.filter((name) => query[name] !== undefined)
  const faulty = given.find((name) => query[name] !== 'true' && query[name] !== 'false')
  if (faulty !== undefined) return refuse(`${faulty}: must be true or false`)
  const values = new Set(given.map((name) => query[name]))
  if (values.size > 1) return refuse(`${NAMES[1]}: must not contradict ${NAMES[0]}`)
  return ok({ includeEmpty: values.has('true') })
}
