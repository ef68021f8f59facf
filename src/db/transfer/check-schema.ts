import type { AppliedMigration, ExportHeader, TableSection } from './export-format.ts'
import type { Table } from './table-order.ts'
import { TransferError } from './transfer-error.ts'

/**
 * Makes sure that an export comes from the very schema that this database has: rows are copied, never translated.
 *
 * @throws TransferError `other-schema` that says which version of Purser to use.
 */
export function checkMigrations(header: ExportHeader, applied: readonly AppliedMigration[]): void {
  const length = Math.max(header.schema.length, applied.length)
  for (let index = 0; index < length; index += 1) {
    const theirs = header.schema[index]
    const ours = applied[index]
    if (theirs === undefined) throw olderSchema(header, applied)
    if (ours === undefined) throw newerSchema(header, theirs)
    if (theirs.number !== ours.number || theirs.name !== ours.name || theirs.checksum !== ours.checksum) {
      throw new TransferError(
        'other-schema',
        `Migration ${theirs.number} (${theirs.name}) of the export is not the one of this database. Import it with the version of Purser that wrote it (${header.purser}).`,
      )
    }
  }
}

/** Makes sure that a table of the export is one of this database, with the same columns. Answers it. */
export function checkSection(section: TableSection, tables: readonly Table[]): Table {
  const table = tables.find(({ name }) => name === section.table)
  if (table === undefined) {
    throw new TransferError(
      'other-schema',
      `The export has a table ${section.table}, which is not one of Purser's here. Purser needs a schema of its own: export again without that table in it.`,
    )
  }
  const ours = table.columns.map(({ name }) => name).sort()
  if (JSON.stringify(ours) !== JSON.stringify([...section.columns].sort())) {
    throw new TransferError('other-schema', `The table ${section.table} of the export has other columns than here.`)
  }
  return table
}

function olderSchema(header: ExportHeader, applied: readonly AppliedMigration[]): TransferError {
  const last = header.schema.at(-1)?.number ?? 0
  return new TransferError(
    'other-schema',
    `The export was written by an older Purser (${header.purser}, schema ${last}; this database has ${applied.at(-1)?.number}). Import it into an empty database with Purser ${header.purser}, then start this version on that database: it brings the schema up to date.`,
  )
}

function newerSchema(header: ExportHeader, first: AppliedMigration): TransferError {
  return new TransferError(
    'other-schema',
    `The export was written by a newer Purser (${header.purser}): this version does not know migration ${first.number} (${first.name}). Import it with Purser ${header.purser} or newer.`,
  )
}
