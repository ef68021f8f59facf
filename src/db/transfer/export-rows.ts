import pg from 'pg'
import type { RawQuery } from '../database.ts'
import { type Query, statement } from '../statement.ts'
import type { Table } from './table-order.ts'

/** Rows a round trip: enough that the trips do not count, few enough that rows of the largest size fit in memory. */
const FETCH_ROWS = 500
const CURSOR = 'transfer_rows'

/** Rows of a table as this transaction sees it. */
export async function countRows(query: Query, table: Table): Promise<number> {
  const count = statement(`transfer.count.${table.name}`, `select count(*) as rows from ${identifier(table.name)}`)
  const [row] = await query<{ rows: number }>(count, [])
  return row?.rows ?? 0
}

/** The rows of a table as lines of an export, in portions. The next portion is on its way while one is consumed. */
export async function* readRowLines(query: Query, raw: RawQuery, table: Table): AsyncGenerator<string[]> {
  const values = table.columns.map(({ name }) => `${identifier(name)}::text`)
  await raw(
    `declare ${CURSOR} no scroll cursor for
     select array_to_json(array[${values.join(', ')}])::text as line from ${identifier(table.name)}`,
  )
  // Named after the table: the server would take the same name for the same columns, which the next cursor has not.
  const fetch = statement(`transfer.fetch.${table.name}`, `fetch ${FETCH_ROWS} from ${CURSOR}`)
  const next = () => {
    const rows = query<{ line: string }>(fetch, [])
    // It is awaited only if the consumer asks for more.
    rows.catch(() => undefined)
    return rows
  }
  for (let coming = next(); ; ) {
    const rows = await coming
    if (rows.length === 0) break
    coming = next()
    yield rows.map(({ line }) => line)
  }
  await raw(`close ${CURSOR}`)
}

export function identifier(name: string): string {
  return pg.escapeIdentifier(name)
}
