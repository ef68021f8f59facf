import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { CAP_MAX } from '../../core/usage/config.ts'
import { reasonProblem } from './field-problems.ts'
import { isFields, problemsOf } from './read-fields.ts'

/** Reads the body of a change of a customer's cap of credits. 0 means the same as null: no cap of their own. */
export function parseCreditsCap(body: unknown): Result<{ creditsTotal: number | null; reason: string }, string[]> {
  if (!isFields(body)) return refuse(['body: must be a JSON object'])
  const problems = problemsOf(body, { credits_total: creditsTotalProblem, reason: reasonProblem })
  if (problems.length > 0) return refuse(problems)
  const { credits_total: creditsTotal, reason } = body as { credits_total: number | null; reason: string }
  return ok({ creditsTotal: creditsTotal === 0 ? null : creditsTotal, reason: reason.trim() })
}

function creditsTotalProblem(value: unknown): string | null {
  if (value === undefined) return 'is required'
  const isCap = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= CAP_MAX
  return value === null || isCap ? null : `must be a whole number from 0 to ${CAP_MAX}, or null`
}
