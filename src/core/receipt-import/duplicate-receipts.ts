/**
 * Receipts that are remembered while a file is tried: 16 hex digits and a number each, about 100 MB. A longer file is
 * imported all the same; only what comes after is not compared.
 */
const WATCHED_MAX = 1_000_000

/** Finds the row that had the same receipt before; null when there was none, or when it was too many rows ago to tell. */
export function watchDuplicates(): (receiptHash: string, row: number) => number | null {
  const rows = new Map<string, number>()
  return (receiptHash, row) => {
    const first = rows.get(receiptHash)
    if (first !== undefined) return first
    if (rows.size < WATCHED_MAX) rows.set(receiptHash, row)
    return null
  }
}
