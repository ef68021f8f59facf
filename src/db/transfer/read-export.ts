import { createHash } from 'node:crypto'
import {
  type ExportFooter,
  type ExportHeader,
  foreignVersionOf,
  isFooter,
  isHeader,
  isRow,
  isSection,
  type Row,
  type TableSection,
} from './export-format.ts'
import { splitLines } from './split-lines.ts'
import { damaged, notAnExport, TransferError } from './transfer-error.ts'

/** What an export says, in its order. Rows come in portions of what fits in a chunk of the source. */
export type ExportPart =
  | { kind: 'header'; header: ExportHeader }
  | { kind: 'table'; section: TableSection }
  | { kind: 'rows'; section: TableSection; rows: Row[] }
  | { kind: 'end'; footer: ExportFooter }

const OPENING_BRACKET = 0x5b

/**
 * Reads the text of an export and checks it on the way. Whoever gets the part `end` has seen every row that was written,
 * unchanged; before that, nothing is sure.
 *
 * @throws TransferError `no-export`, `other-schema` or `damaged`.
 */
export async function* readExport(source: AsyncIterable<Uint8Array>): AsyncGenerator<ExportPart> {
  const reader = new ExportReader()
  for await (const lines of splitLines(source)) {
    let rows: Row[] = []
    for (const line of lines) {
      if (line[0] === OPENING_BRACKET) {
        rows.push(reader.readRow(line))
        continue
      }
      if (rows.length > 0) yield { kind: 'rows', section: reader.openSection(), rows }
      rows = []
      yield reader.readStructure(line)
    }
    if (rows.length > 0) yield { kind: 'rows', section: reader.openSection(), rows }
  }
  reader.finish()
}

/** Where in the file we are, and what was seen so far. */
class ExportReader {
  private header: ExportHeader | null = null
  private section: TableSection | null = null
  private rowsInSection = 0
  private isEnded = false
  private readonly counts: Record<string, number> = Object.create(null)
  private readonly hash = createHash('sha256')

  openSection(): TableSection {
    if (this.section === null || this.isEnded) throw damaged('it has rows that belong to no table')
    return this.section
  }

  readRow(line: Buffer): Row {
    if (this.header === null) throw notAnExport()
    const section = this.openSection()
    const row = parse(line)
    if (!isRow(row, section.columns.length)) throw damaged(`a row of ${section.table} has another shape`)
    this.rowsInSection += 1
    this.hash.update(line)
    return row
  }

  readStructure(line: Buffer): ExportPart {
    if (this.header === null) return this.readHeader(line)
    if (this.isEnded) throw damaged('it goes on after its end')
    const value = parse(line)
    if (isFooter(value)) return this.readFooter(value)
    if (!isSection(value)) throw damaged('a line is neither a table nor a row nor the end')
    this.closeSection()
    if (value.table in this.counts) throw damaged(`the table ${value.table} comes twice`)
    this.section = value
    this.hash.update(line)
    return { kind: 'table', section: value }
  }

  finish(): void {
    if (this.header === null) throw notAnExport()
    if (!this.isEnded) throw damaged('its end is missing')
  }

  private readHeader(line: Buffer): ExportPart {
    const value = parseOr(line, () => notAnExport())
    if (!isHeader(value)) throw notReadable(value)
    this.header = value
    this.hash.update(line)
    return { kind: 'header', header: value }
  }

  private readFooter(footer: ExportFooter): ExportPart {
    this.closeSection()
    const expected = Object.entries(footer.tables)
    const isSame = expected.length === Object.keys(this.counts).length
    if (!isSame || expected.some(([table, rows]) => this.counts[table] !== rows)) {
      throw damaged('its tables are not those that were written')
    }
    if (this.hash.digest('hex') !== footer.sha256) throw damaged('its checksum does not fit what it says')
    this.isEnded = true
    return { kind: 'end', footer }
  }

  private closeSection(): void {
    if (this.section === null) return
    const { table, rows } = this.section
    if (rows !== this.rowsInSection) throw damaged(`${table} has ${this.rowsInSection} rows instead of ${rows}`)
    this.counts[table] = rows
    this.rowsInSection = 0
  }
}

function parse(line: Buffer): unknown {
  return parseOr(line, () => damaged('a line is not JSON'))
}

function parseOr(line: Buffer, failure: () => Error): unknown {
  try {
    return JSON.parse(line.toString('utf8'))
  } catch {
    throw failure()
  }
}

function notReadable(value: unknown): TransferError {
  const version = foreignVersionOf(value)
  if (version === null) return notAnExport()
  return new TransferError(
    'other-schema',
    `The export has format version ${version}, which this version of Purser cannot read. Import it with the version that wrote it, or a newer one.`,
  )
}
