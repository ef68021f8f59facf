import { csvCell } from '../lib/csv-cell.ts'
import type { BulkRow } from './bulk-row.ts'

const COLUMNS = [
  'line',
  'user_id',
  'amount',
  'currency',
  'reason',
  'idempotency_key',
  'status',
  'refusal',
  'would_be_refused',
  'transaction_id',
  'balance',
  'settled_at',
]

/** The first line of a result. Lines end as RFC 4180 says. */
export const RESULT_HEADER = `${COLUMNS.join(',')}\r\n`

/**
 * One line of the result of a bulk grant. `codeOf` translates the code of a refusal into the words of the reader's
 * surface. A text that a spreadsheet would run as a formula gets an apostrophe before it; numbers are left as they are.
 */
export function resultLine(row: BulkRow, codeOf: (refusal: string) => string): string {
  const cells = [
    row.line,
    row.userId,
    row.amount,
    row.currency,
    row.reason,
    row.idempotencyKey,
    row.state,
    row.refusal === null ? null : codeOf(row.refusal),
    row.forecast === null ? null : codeOf(row.forecast),
    row.transactionId,
    row.balance,
    row.settledAt === null ? null : new Date(row.settledAt).toISOString(),
  ]
  return `${cells.map(csvCell).join(',')}\r\n`
}
