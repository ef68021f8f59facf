import { type Query, type Statement, statement } from '../statement.ts'
import type { Row } from './export-format.ts'
import { identifier } from './export-rows.ts'
import type { Table } from './table-order.ts'

/** A statement that inserts many rows at once, from one array of texts a column; the server reads them as the column's type. */
export function insertStatement(table: Table, columns: readonly string[]): Statement {
  const types = new Map(table.columns.map(({ name, type }) => [name, type]))
  const names = columns.map(identifier).join(', ')
  const values = columns.map((column) => `r.${identifier(column)}::${types.get(column)}`).join(', ')
  const arrays = columns.map((_, index) => `$${index + 1}::text[]`).join(', ')
  return statement(
    `transfer.insert.${table.name}`,
    `insert into ${identifier(table.name)} (${names}) select ${values} from unnest(${arrays}) as r (${names})`,
  )
}

export async function insertRows(query: Query, insert: Statement, rows: readonly Row[]): Promise<void> {
  const columns = rows[0] ?? []
  await query(
    insert,
    columns.map((_, index) => rows.map((row) => row[index] ?? null)),
  )
}
