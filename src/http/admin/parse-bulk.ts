import { type ParsedRow, parseCsv, parseList } from '../../core/bulk/parse-file.ts'
import { defaultsProblems, type RowRules } from '../../core/bulk/parse-row.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { isLongerThan, isPlainText } from '../../core/wallet/change-fields.ts'
import type { ReadCsv, RowFilter } from '../../usecases/ports/bulk.ts'
import { isFields } from './read-fields.ts'
import { isPlausibleId } from './wire/transaction-id.ts'

/** As long as the names of files may be. */
export const BULK_NAME_MAX_LENGTH = 255
/** A page that a person can look through, and what a program may take at once. */
export const BULK_LIMIT_DEFAULT = 50
export const BULK_LIMIT_MAX = 500
/** Rows of a list that comes as JSON. A body has at most 20,000 values, and each row has up to six. */
export const JSON_ROWS_MAX = 3_000

export const ROW_FILTERS = ['all', 'waiting', 'done', 'refused', 'would_be_refused'] as const satisfies RowFilter[]

export type BulkUpload = { name: string | null; open(): AsyncIterable<ParsedRow> | Iterable<ParsedRow> }

type Query = Readonly<Record<string, unknown>>
type Rules = { maxAdjust: number; readCsv: ReadCsv }

const LIST_FIELDS = ['rows', 'reason', 'currency', 'name']

/**
 * Reads what a file or a list is handed in with. The rows themselves are read when they are judged. The refusal is the
 * problems in words, each with its field first.
 */
export function parseBulkUpload(body: unknown, query: Query, rules: Rules): Result<BulkUpload, string[]> {
  if (body instanceof Uint8Array)
    return parseUpload(query, rules, (defaults) => parseCsv(rules.readCsv(body), defaults))
  if (!isFields(body)) return refuse(['body: must be a CSV file or a JSON object'])
  const unknown = Object.keys(body).filter((name) => !LIST_FIELDS.includes(name))
  if (unknown.length > 0) return refuse([`${JSON.stringify(unknown[0]?.slice(0, 50))}: is not a known field`])
  const { rows } = body
  if (!Array.isArray(rows) || rows.length > JSON_ROWS_MAX) {
    return refuse([`rows: must be a list of at most ${JSON_ROWS_MAX}; send more as a CSV file`])
  }
  return parseUpload(body, rules, (defaults) => parseList(rows, defaults))
}

function parseUpload(
  { reason, currency, name }: Query,
  { maxAdjust }: Rules,
  open: (rules: RowRules) => ReturnType<BulkUpload['open']>,
): Result<BulkUpload, string[]> {
  const problems = [
    ...Object.entries({ reason, currency }).flatMap(([field, value]) =>
      isTextOrNone(value) ? [] : [`${field}: must be a text`],
    ),
    ...(name === undefined || isName(name) ? [] : [`name: must be a text of 1 to ${BULK_NAME_MAX_LENGTH} characters`]),
  ]
  if (problems.length > 0) return refuse(problems)
  const rules = { maxAdjust, reason: (reason as string) ?? null, currency: (currency as string) ?? null }
  const faulty = defaultsProblems(rules)
  return faulty.length > 0 ? refuse(faulty) : ok({ name: (name as string) ?? null, open: () => open(rules) })
}

/** Reads which page of a list is wanted. */
export function parseBulkPage({ cursor, limit }: Query): Result<{ before: string | null; limit: number }, string[]> {
  const isCursor = cursor === undefined || (typeof cursor === 'string' && isPlausibleId(cursor))
  const problems = [...(isCursor ? [] : ['cursor: must be a next_cursor']), ...limitProblems(limit)]
  return problems.length > 0 ? refuse(problems) : ok({ before: (cursor as string) ?? null, limit: limitOf(limit) })
}

/** Reads which rows are wanted. A cursor is the number of a row. */
export function parseRowsPage(query: Query): Result<{ after: number; limit: number; which: RowFilter }, string[]> {
  const { cursor, limit, status = 'all' } = query
  const isCursor = cursor === undefined || (typeof cursor === 'string' && /^\d{1,9}$/.test(cursor))
  const which = ROW_FILTERS.find((filter) => filter === status)
  const problems = [
    ...(which === undefined ? [`status: must be one of ${ROW_FILTERS.join(', ')}`] : []),
    ...(isCursor ? [] : ['cursor: must be a next_cursor']),
    ...limitProblems(limit),
  ]
  if (problems.length > 0 || which === undefined) return refuse(problems)
  return ok({ after: Number(cursor ?? 0), limit: limitOf(limit), which })
}

function limitProblems(limit: unknown): string[] {
  const isInRange =
    limit === undefined ||
    (typeof limit === 'string' && /^\d{1,3}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= BULK_LIMIT_MAX)
  return isInRange ? [] : [`limit: must be a whole number from 1 to ${BULK_LIMIT_MAX}`]
}

function limitOf(limit: unknown): number {
  return limit === undefined ? BULK_LIMIT_DEFAULT : Number(limit)
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'string'
}

function isName(name: unknown): boolean {
  return typeof name === 'string' && name !== '' && !isLongerThan(name, BULK_NAME_MAX_LENGTH) && isPlainText(name)
}
