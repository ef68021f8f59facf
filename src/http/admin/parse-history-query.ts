import { ISO_TIME_EXAMPLE, parseIsoTime } from '../../core/lib/iso-time.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { LEDGER_KINDS, type LedgerKind } from '../../core/wallet/ledger-transaction.ts'
import type { HistoryPage } from '../../usecases/ports.ts'
import { currencyProblem } from './field-problems.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

/** A page that a person can read through; more would hold up the answer. */
export const HISTORY_LIMIT_DEFAULT = 20
export const HISTORY_LIMIT_MAX = 100

/** Reads which transactions are wanted. The refusal is the problems in words. Other parameters are ignored. */
export function parseHistoryQuery(query: Readonly<Record<string, unknown>>): Result<HistoryPage, string[]> {
  const { limit, cursor, kind, currency, since, until } = query
  const problems = Object.entries({
    limit: limitProblem(limit),
    cursor:
      cursor === undefined || (typeof cursor === 'string' && isPlausibleId(cursor)) ? null : 'must be a next_cursor',
    kind: kind === undefined || isKind(kind) ? null : `must be one of ${LEDGER_KINDS.join(', ')}`,
    currency: currencyProblem(currency),
    since: timeProblem(since),
    until: timeProblem(until),
  }).flatMap(([name, problem]) => (problem === null ? [] : [`${name}: ${problem}`]))
  if (problems.length > 0) return refuse(problems)
  return ok({
    limit: limit === undefined ? HISTORY_LIMIT_DEFAULT : Number(limit),
    before: (cursor as string | undefined) ?? null,
    kind: (kind as LedgerKind | undefined) ?? null,
    currency: (currency as string | undefined) ?? null,
    since: timeOf(since),
    until: timeOf(until),
  })
}

function limitProblem(value: unknown): string | null {
  if (value === undefined) return null
  const isInRange =
    typeof value === 'string' && /^\d{1,3}$/.test(value) && Number(value) >= 1 && Number(value) <= HISTORY_LIMIT_MAX
  return isInRange ? null : `must be a whole number from 1 to ${HISTORY_LIMIT_MAX}`
}

function isKind(value: unknown): value is LedgerKind {
  return LEDGER_KINDS.some((kind) => kind === value)
}

/** What is wrong with a time that may be left out, in words that follow its name; null when nothing is. */
export function timeProblem(value: unknown): string | null {
  const isTime = value === undefined || (typeof value === 'string' && parseIsoTime(value) !== null)
  return isTime ? null : `must be a time such as ${ISO_TIME_EXAMPLE}`
}

function timeOf(value: unknown): number | null {
  return typeof value === 'string' ? parseIsoTime(value) : null
}
