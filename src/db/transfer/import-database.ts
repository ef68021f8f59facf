import { assert } from '../../core/lib/assert.ts'
import type { Database, RawQuery } from '../database.ts'
import { type Query, type Statement, statement } from '../statement.ts'
import { readAppliedMigrations, readTables } from './catalogue.ts'
import { checkLedger } from './check-ledger.ts'
import { checkMigrations, checkSection } from './check-schema.ts'
import type { ExportFooter, ExportHeader, TableSection } from './export-format.ts'
import { identifier } from './export-rows.ts'
import { insertRows, insertStatement } from './insert-rows.ts'
import { type ExportPart, readExport } from './read-export.ts'
import type { Table } from './table-order.ts'
import { damaged, TransferError } from './transfer-error.ts'
import { type OnProgress, sumOfRows, type TransferSummary } from './transfer-progress.ts'
import { transferTransaction } from './transfer-transaction.ts'

export type ImportOptions = {
  onProgress: OnProgress
  /** Told when all rows are in and the ledger is about to be checked. */
  onCheck: () => void
  /** Ends the import before its commit. */
  signal?: AbortSignal
}

/**
 * Fills an empty, migrated database from the text of an export, in one transaction: all of it is there in the end, or
 * nothing. Other writers have to wait meanwhile.
 *
 * @throws TransferError `not-empty`, `other-schema`, `no-export`, `damaged` or `ledger-broken`.
 */
export async function importDatabase(
  database: Database,
  source: AsyncIterable<Uint8Array>,
  options: ImportOptions,
): Promise<TransferSummary> {
  return transferTransaction(database, 'begin', async (query, raw) => {
    const tables = await readTables(query)
    const footer = await fill(query, raw, tables, source, options.onProgress)
    options.onCheck()
    // A fresh database has no statistics, and the checks and the first requests would be planned for empty tables.
    for (const table of tables) await raw(`analyze ${identifier(table.name)}`)
    await checkLedger(query)
    options.signal?.throwIfAborted()
    return { tables: footer.tables, rows: sumOfRows(footer.tables), sha256: footer.sha256 }
  })
}

async function fill(
  query: Query,
  raw: RawQuery,
  tables: readonly Table[],
  source: AsyncIterable<Uint8Array>,
  onProgress: OnProgress,
): Promise<ExportFooter> {
  let footer: ExportFooter | null = null
  const filler = tableFiller(query, tables, onProgress)
  for await (const part of readExport(source)) {
    if (part.kind === 'header') await prepare(query, raw, tables, part.header)
    if (part.kind === 'table') filler.open(part.section)
    if (part.kind === 'rows') await filler.insert(part)
    if (part.kind === 'end') footer = part.footer
  }
  assert(footer !== null, 'an export that was read to its end has a footer')
  for (const { name } of tables) if (!(name in footer.tables)) throw damaged(`the table ${name} is missing`)
  return footer
}

/** The schema first: its message is the more helpful one. The locks keep a running server from writing in between. */
async function prepare(query: Query, raw: RawQuery, tables: readonly Table[], header: ExportHeader): Promise<void> {
  checkMigrations(header, await readAppliedMigrations(query))
  await raw(`lock table ${tables.map(({ name }) => identifier(name)).join(', ')} in share row exclusive mode`)
  for (const { name } of tables) {
    const [row] = await query(statement(`transfer.any.${name}`, `select from ${identifier(name)} limit 1`), [])
    if (row !== undefined) throw notEmpty(name)
  }
}

function notEmpty(table: string): TransferError {
  return new TransferError(
    'not-empty',
    `This database is in use: its table ${table} has rows. An import fills an empty database only. Give a new folder as PURSER_DATA_DIR or an empty database as DATABASE_URL.`,
  )
}

/** Inserts the rows of one table after the other. */
function tableFiller(query: Query, tables: readonly Table[], onProgress: OnProgress) {
  let insert: Statement | null = null
  let rows = 0
  let total = 0
  return {
    open(section: TableSection): void {
      insert = insertStatement(checkSection(section, tables), section.columns)
      rows = 0
    },
    async insert(part: ExportPart & { kind: 'rows' }): Promise<void> {
      assert(insert !== null, 'rows come after their table')
      await insertRows(query, insert, part.rows)
      rows += part.rows.length
      total += part.rows.length
      onProgress({ table: part.section.table, rows, of: part.section.rows, total })
    },
  }
}
