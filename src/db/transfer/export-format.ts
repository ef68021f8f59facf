/**
 * An export is gzip'd text, one JSON value a line:
 *
 * - a header;
 * - for each table, in an order in which foreign keys are met, a section line and then its rows;
 * - a footer with the row counts and the SHA-256 of all bytes before it, so that a file that was cut is noticed.
 *
 * A row is an array of PostgreSQL's own text of each value, or null. So nothing is rounded or written in another way:
 * 64-bit integers, microseconds and the spacing of `json` columns stay what they are, on every version of the server.
 */
export type ExportHeader = {
  format: typeof EXPORT_FORMAT
  version: typeof EXPORT_VERSION
  /** Version of the Purser that wrote it. */
  purser: string
  /** Version of the PostgreSQL server it was read from. */
  postgres: string
  /** ISO 8601, UTC. */
  exportedAt: string
  /** The migrations of the database, in order. */
  schema: AppliedMigration[]
}

export type AppliedMigration = { number: number; name: string; checksum: string }
export type TableSection = { table: string; columns: string[]; rows: number }
export type ExportFooter = { end: true; tables: Record<string, number>; sha256: string }
export type Row = (string | null)[]

export const EXPORT_FORMAT = 'purser-export'
/** Raised when an older Purser could not read the file any more. */
export const EXPORT_VERSION = 1

/** One line of the file. */
export function toLine(value: ExportHeader | TableSection | ExportFooter): string {
  return `${JSON.stringify(value)}\n`
}

export function isHeader(value: unknown): value is ExportHeader {
  return (
    isRecord(value) &&
    value.format === EXPORT_FORMAT &&
    value.version === EXPORT_VERSION &&
    [value.purser, value.postgres, value.exportedAt].every((text) => typeof text === 'string') &&
    Array.isArray(value.schema) &&
    value.schema.every(isMigration)
  )
}

/** The version of a header that only another Purser can read; null when it is no such header. */
export function foreignVersionOf(value: unknown): number | null {
  if (!isRecord(value) || value.format !== EXPORT_FORMAT || typeof value.version !== 'number') return null
  return value.version === EXPORT_VERSION ? null : value.version
}

export function isSection(value: unknown): value is TableSection {
  return (
    isRecord(value) &&
    typeof value.table === 'string' &&
    Array.isArray(value.columns) &&
    value.columns.every((column) => typeof column === 'string') &&
    isCount(value.rows)
  )
}

export function isFooter(value: unknown): value is ExportFooter {
  return (
    isRecord(value) &&
    value.end === true &&
    typeof value.sha256 === 'string' &&
    isRecord(value.tables) &&
    Object.values(value.tables).every(isCount)
  )
}

export function isRow(value: unknown, columns: number): value is Row {
  return (
    Array.isArray(value) &&
    value.length === columns &&
    value.every((field) => field === null || typeof field === 'string')
  )
}

function isMigration(value: unknown): value is AppliedMigration {
  return isRecord(value) && isCount(value.number) && [value.name, value.checksum].every((t) => typeof t === 'string')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0
}
