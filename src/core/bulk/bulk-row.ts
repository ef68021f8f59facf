import type { ForecastPlace } from './forecast.ts'

/** One change of a balance as a file asks for it. Well formed; whether it is possible is not known yet. */
export type RowOrder = {
  /** The line of the file on which it begins; of a JSON list, its place, beginning with 1. */
  line: number
  userId: string
  currency: string
  /** Signed whole number of units, not zero. */
  amount: number
  reason: string
  /** The key that the file gives it; null when it gives none. */
  idempotencyKey: string | null
}

export type RowState = 'waiting' | 'done' | 'refused'

/** What came of a row. A refusal is a code. */
export type RowOutcome =
  | { number: number; state: 'done'; transactionId: string; balance: number; replayed: boolean }
  | { number: number; state: 'refused'; refusal: string }

/** A row as it is kept. Rows are numbered from 1, in the order of the file. */
export type BulkRow = RowOrder & {
  number: number
  state: RowState
  refusal: string | null
  /** Why it would be refused, by the forecast; null when it would not be, or was not judged. */
  forecast: string | null
  transactionId: string | null
  /** The balance right after the change. */
  balance: number | null
  /** Whether the key that the file gives it had been used before, for the same change. */
  replayed: boolean
  settledAt: number | null
}

/**
 * The idempotency key of a row, under which it is done once however often it is tried: its own, which also protects
 * from another file with the same row, or one that nobody else can have.
 */
export function keyOfRow(bulkId: string, row: Pick<BulkRow, 'number' | 'idempotencyKey'>): string {
  return row.idempotencyKey ?? `${bulkId}:${row.number}`
}

/**
 * Rows of one user follow each other, different users do not wait for each other: a later row of a file may count on an
 * earlier one.
 */
export function lanesOf(rows: readonly BulkRow[]): BulkRow[][] {
  return [...Map.groupBy(rows, (row) => row.userId).values()]
}

/**
 * Of rows in the order of users, those that can be judged together: all rows of as many users as are sure to be whole.
 * `isLast` says that no rows follow. A user with more rows than that is judged in parts.
 */
export function wholeUsers(rows: readonly BulkRow[], isLast: boolean): BulkRow[] {
  const lastUser = rows.at(-1)?.userId
  if (isLast || rows[0]?.userId === lastUser) return [...rows]
  return rows.filter((row) => row.userId !== lastUser)
}

export function placeOf(row: BulkRow): ForecastPlace {
  return { userId: row.userId, number: row.number }
}
