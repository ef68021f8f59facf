/** How far a transfer is, told after each portion of rows. */
export type TransferProgress = {
  table: string
  /** Rows of this table so far, and in all. */
  rows: number
  of: number
  /** Rows of all tables so far. */
  total: number
}

export type OnProgress = (progress: TransferProgress) => void

/** What was transferred: rows by table, and the checksum that both ends compute. */
export type TransferSummary = { tables: Record<string, number>; rows: number; sha256: string }

/** The sum of the counts of all tables. */
export function sumOfRows(tables: Readonly<Record<string, number>>): number {
  return Object.values(tables).reduce((sum, rows) => sum + rows, 0)
}
