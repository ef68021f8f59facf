/** Rows of equal width turned into the column arrays that `unnest` takes. */
export function columnsOf(rows: readonly unknown[][], width: number): unknown[][] {
  return Array.from({ length: width }, (_, column) => rows.map((row) => row[column]))
}
