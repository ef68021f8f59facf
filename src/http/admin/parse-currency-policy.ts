import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { type CurrencyPolicy, DEFAULT_POLICY } from '../../core/wallet/policy.ts'
import { SHORTAGES } from './parse-reverse.ts'
import { isFields, problemsOf } from './read-fields.ts'

/** The largest floor: a balance cannot be higher. */
export const FLOOR_MAX = DEFAULT_POLICY.cap

/** Reads what is to be changed of a currency's policy. The refusal is the problems, each with its field first. */
export function parseCurrencyPolicy(body: unknown): Result<Partial<CurrencyPolicy>, string[]> {
  if (!isFields(body)) return refuse(['body: must be a JSON object'])
  const problems = problemsOf(body, {
    debt_policy: (value) =>
      value === undefined || SHORTAGES.some((policy) => policy === value)
        ? null
        : `must be one of ${SHORTAGES.join(', ')}`,
    transfers_allowed: (value) => (value === undefined || typeof value === 'boolean' ? null : 'must be true or false'),
    floor: floorProblem,
  })
  if (problems.length > 0) return refuse(problems)
  const {
    debt_policy: debtPolicy,
    transfers_allowed: transfersAllowed,
    floor,
  } = body as {
    debt_policy?: CurrencyPolicy['debtPolicy']
    transfers_allowed?: boolean
    floor?: number
  }
  return ok({
    ...(debtPolicy !== undefined && { debtPolicy }),
    ...(transfersAllowed !== undefined && { transfersAllowed }),
    ...(floor !== undefined && { floor }),
  })
}

function floorProblem(value: unknown): string | null {
  if (value === undefined) return null
  const isFloor = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= FLOOR_MAX
  return isFloor ? null : `must be a whole number from 0 to ${FLOOR_MAX}`
}
