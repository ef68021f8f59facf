import { createHash, type Hash } from 'node:crypto'
import { assert } from '../../core/lib/assert.ts'
import type { Clock } from '../../core/lib/clock.ts'
import type { Database, RawQuery } from '../database.ts'
import { type Query, statement } from '../statement.ts'
import { readAppliedMigrations, readServerVersion, readTables } from './catalogue.ts'
import { EXPORT_FORMAT, EXPORT_VERSION, toLine } from './export-format.ts'
import { countRows, readRowLines } from './export-rows.ts'
import type { Table } from './table-order.ts'
import { TransferError } from './transfer-error.ts'
import { type OnProgress, sumOfRows, type TransferSummary } from './transfer-progress.ts'
import { transferTransaction } from './transfer-transaction.ts'

export type ExportOptions = {
  clock: Clock
  /** Version of this Purser, for the header. */
  purser: string
  onProgress: OnProgress
}

/** All rows come from one moment; writes of others go on and are not seen. */
const BEGIN_SNAPSHOT = 'begin isolation level repeatable read read only'

const HAS_PROJECT = statement('transfer.has_project', 'select from projects limit 1')

/**
 * Hands the text of an export to `write`, as it is consumed: the memory needed does not grow with the database.
 *
 * @throws TransferError `nothing-to-export`.
 */
export async function exportDatabase(
  database: Database,
  options: ExportOptions,
  write: (text: AsyncIterable<string>) => Promise<void>,
): Promise<TransferSummary> {
  return transferTransaction(database, BEGIN_SNAPSHOT, async (query, raw) => {
    await refuseUnused(query)
    const tables: Record<string, number> = {}
    const hash = createHash('sha256')
    await write(exportText(query, raw, options, tables, hash))
    return { tables, rows: sumOfRows(tables), sha256: hash.copy().digest('hex') }
  })
}

/** A mistaken folder or address shows as a database without projects; a backup of nothing should not look like one. */
async function refuseUnused(query: Query): Promise<void> {
  if ((await query(HAS_PROJECT, [])).length > 0) return
  throw new TransferError(
    'nothing-to-export',
    'This database holds no project, so there is nothing to export. Check PURSER_DATA_DIR and DATABASE_URL.',
  )
}

async function* exportText(
  query: Query,
  raw: RawQuery,
  options: ExportOptions,
  counts: Record<string, number>,
  hash: Hash,
): AsyncGenerator<string> {
  for await (const text of bodyText(query, raw, options, counts)) {
    hash.update(text)
    yield text
  }
  yield toLine({ end: true, tables: counts, sha256: hash.copy().digest('hex') })
}

async function* bodyText(
  query: Query,
  raw: RawQuery,
  { clock, purser, onProgress }: ExportOptions,
  counts: Record<string, number>,
): AsyncGenerator<string> {
  yield toLine({
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    purser,
    postgres: await readServerVersion(query),
    exportedAt: new Date(clock.now()).toISOString(),
    schema: await readAppliedMigrations(query),
  })
  for (const table of await readTables(query)) {
    const before = sumOfRows(counts)
    const of = await countRows(query, table)
    yield toLine({ table: table.name, columns: table.columns.map(({ name }) => name), rows: of })
    counts[table.name] = 0
    for await (const lines of readRowLines(query, raw, table)) {
      yield `${lines.join('\n')}\n`
      const rows = addRows(counts, table, lines.length)
      onProgress({ table: table.name, rows, of, total: before + rows })
    }
    assert(counts[table.name] === of, 'a snapshot has the rows that were counted in it')
  }
}

function addRows(counts: Record<string, number>, table: Table, rows: number): number {
  const sum = (counts[table.name] ?? 0) + rows
  counts[table.name] = sum
  return sum
}
