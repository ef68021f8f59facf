import { ok, type Result, refuse } from '../lib/result.ts'
import {
  amountProblem,
  currencyProblem,
  DEFAULT_CURRENCY,
  keyProblem,
  reasonProblem,
  userIdProblem,
} from '../wallet/change-fields.ts'
import type { RowOrder } from './bulk-row.ts'
import type { FileFault } from './file-fault.ts'

/** The columns of a file, and the fields of a row in a list. */
export const ROW_FIELDS = ['user_id', 'amount', 'currency', 'reason', 'idempotency_key'] as const
export type RowField = (typeof ROW_FIELDS)[number]

/** What rows get that do not say it themselves, and what no row may pass. */
export type RowRules = { reason: string | null; currency: string | null; maxAdjust: number }

/** A value is undefined where the row says nothing. */
export type RowFields = Readonly<Partial<Record<RowField, unknown>>>

/** What is wrong with the defaults themselves, each with its name first. */
export function defaultsProblems({ reason, currency }: Pick<RowRules, 'reason' | 'currency'>): string[] {
  const problems = {
    reason: reason === null ? null : reasonProblem(reason),
    currency: currencyProblem(currency ?? undefined),
  }
  return Object.entries(problems).flatMap(([name, problem]) => (problem === null ? [] : [`${name}: ${problem}`]))
}

/** Reads one row by the rules of a single change. All faults of the row are named. Never throws, whatever the values are. */
export function parseRow(line: number, fields: RowFields, rules: RowRules): Result<RowOrder, FileFault[]> {
  const { user_id: userId, amount, idempotency_key: key } = fields
  const reason = fields.reason === undefined ? (rules.reason ?? undefined) : fields.reason
  const currency = fields.currency === undefined ? (rules.currency ?? DEFAULT_CURRENCY) : fields.currency
  const problems: Record<RowField, string | null> = {
    user_id: userIdProblem(userId),
    amount: amount === 0 ? 'must not be zero' : amountProblem(amount, rules.maxAdjust),
    currency: currencyProblem(currency),
    reason: reasonProblem(reason),
    idempotency_key: keyProblem(key),
  }
  const faults = ROW_FIELDS.flatMap((column) => {
    const problem = problems[column]
    return problem === null ? [] : [{ line, column, problem }]
  })
  if (faults.length > 0) return refuse(faults)
  return ok({
    line,
    userId: userId as string,
    amount: amount as number,
    currency: currency as string,
    reason: (reason as string).trim(),
    idempotencyKey: (key as string | undefined) ?? null,
  })
}
