import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { APPROVAL_STATUSES, type ApprovalStatus } from '../../core/operators/approval.ts'
import { reasonProblem } from './field-problems.ts'
import { HISTORY_LIMIT_DEFAULT, HISTORY_LIMIT_MAX } from './parse-history-query.ts'
import { isFields, problemsOf } from './read-fields.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

/** Which requests a list is to have. */
export const APPROVAL_FILTERS = [...APPROVAL_STATUSES, 'all'] as const

export type ApprovalQuery = { status: ApprovalStatus | null; limit: number; before: string | null }

/** Reads which requests are wanted: those that wait, unless another status is named. Other parameters are ignored. */
export function parseApprovalQuery(query: Readonly<Record<string, unknown>>): Result<ApprovalQuery, string[]> {
  const { status = 'pending', limit = String(HISTORY_LIMIT_DEFAULT), cursor } = query
  const problems: string[] = []
  const filter = APPROVAL_FILTERS.find((one) => one === status)
  if (filter === undefined) problems.push(`status: must be one of ${APPROVAL_FILTERS.join(', ')}`)
  const isLimit = typeof limit === 'string' && /^\d{1,3}$/.test(limit) && Number(limit) >= 1
  if (!isLimit || Number(limit) > HISTORY_LIMIT_MAX) {
    problems.push(`limit: must be a whole number from 1 to ${HISTORY_LIMIT_MAX}`)
  }
  const isCursor = cursor === undefined || (typeof cursor === 'string' && isPlausibleId(cursor))
  if (!isCursor) problems.push('cursor: must be a next_cursor')
  if (problems.length > 0) return refuse(problems)
  return ok({
    status: filter === 'all' || filter === undefined ? null : filter,
    limit: Number(limit),
    before: cursor === undefined ? null : String(cursor),
  })
}

/** Reads why a request is rejected. Never throws, whatever the body is. */
export function parseRejection(body: unknown): Result<{ reason: string }, readonly string[]> {
  if (!isFields(body)) return refuse(['body: must be a JSON object'])
  const problems = problemsOf(body, { reason: reasonProblem })
  return problems.length > 0 ? refuse(problems) : ok({ reason: (body as { reason: string }).reason.trim() })
}

/** What is wrong with the body of an agreement, which has nothing to say. */
export function agreementProblems(body: unknown): readonly string[] {
  if (body === undefined) return []
  return isFields(body) ? problemsOf(body, {}) : ['body: must be a JSON object']
}
