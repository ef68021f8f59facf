import { createReadStream } from 'node:fs'
import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { columnsProblem, fieldOfColumn, type ReceiptField } from '../core/receipt-import/receipt-columns.ts'
import { FETCH_TOKEN_MAX_LENGTH, type FileRow, type ReceiptFields } from '../core/receipt-import/receipt-row.ts'

/** A file that cannot be read, or not on from a row; in words for a person. */
export class ReceiptFileFault extends Error {
  override readonly name = 'ReceiptFileFault'
}

/** The longest receipt, and as much again for the cells beside it; a quote that is never closed is noticed here. */
const RECORD_LENGTH_MAX = 2 * FETCH_TOKEN_MAX_LENGTH
/** Excel writes what the country of its user uses. The first line names columns, so what else is in it separates them. */
const DELIMITERS = [',', ';', '\t']

/**
 * Reads the rows of a file in UTF-8, however long it is: CSV (RFC 4180) whose first line names the columns, or NDJSON, an
 * object a line. Throws a ReceiptFileFault where the file cannot be read any further.
 */
export function readReceiptFile(
  path: string,
  format: 'csv' | 'ndjson',
  onUnused: (columns: readonly string[]) => void = () => undefined,
): AsyncGenerator<FileRow> {
  return format === 'csv' ? csvRows(textOf(path), onUnused) : ndjsonRows(textOf(path), onUnused)
}

async function* textOf(path: string): AsyncGenerator<string> {
  // Takes a byte order mark away, and a character that was cut between two pieces together.
  const decoder = new TextDecoder('utf-8', { fatal: true })
  try {
    for await (const piece of createReadStream(path)) yield decoder.decode(piece as Buffer, { stream: true })
    yield decoder.decode()
  } catch (error) {
    if (error instanceof TypeError) throw new ReceiptFileFault('the file is not UTF-8; save it as "CSV UTF-8"')
    throw new ReceiptFileFault(`the file cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

async function* csvRows(
  text: AsyncGenerator<string>,
  onUnused: (columns: readonly string[]) => void,
): AsyncGenerator<FileRow> {
  const first = (await text.next()).value ?? ''
  const line = first.split(/[\r\n]/, 1)[0] ?? ''
  const parser = parse({
    delimiter: DELIMITERS.find((delimiter) => line.includes(delimiter)) ?? ',',
    max_record_size: RECORD_LENGTH_MAX,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_column_count: true,
    skip_empty_lines: true,
  })
  // What goes wrong is thrown by the loop below.
  pipeline(Readable.from(withFirst(first, text)), parser, () => undefined)
  let columns: Array<ReceiptField | null> | null = null
  let row = 0
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      if (columns === null) columns = readHeader(cells, onUnused)
      else {
        row += 1
        yield rowOfCells(row, cells, columns)
      }
    }
  } catch (error) {
    if (error instanceof CsvError) throw new ReceiptFileFault(`row ${row + 1} cannot be read as CSV: ${error.message}`)
    throw error
  }
  if (columns === null) throw new ReceiptFileFault('the file is empty; its first line names the columns')
}

async function* withFirst(first: string, rest: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first
  yield* rest
}

function readHeader(cells: readonly string[], onUnused: (columns: readonly string[]) => void) {
  const columns = cells.map(fieldOfColumn)
  const problem = columnsProblem(columns)
  if (problem !== null) throw new ReceiptFileFault(problem)
  onUnused(cells.filter((_, index) => columns[index] === null))
  return columns
}

function rowOfCells(row: number, cells: readonly string[], columns: ReadonlyArray<ReceiptField | null>): FileRow {
  const fields: ReceiptFields = {}
  for (const [index, field] of columns.entries()) if (field !== null) fields[field] = cells[index] ?? ''
  const isWhole = cells.length === columns.length
  return {
    row,
    fields,
    problem: isWhole ? null : `has ${cells.length} cells where the first line has ${columns.length}`,
  }
}

async function* ndjsonRows(
  text: AsyncGenerator<string>,
  onUnused: (columns: readonly string[]) => void,
): AsyncGenerator<FileRow> {
  let row = 0
  for await (const line of linesOf(text)) {
    if (line.trim() === '') continue
    row += 1
    yield rowOfObject(row, line, row === 1 ? onUnused : () => undefined)
  }
}

async function* linesOf(text: AsyncGenerator<string>): AsyncGenerator<string> {
  let rest = ''
  let count = 0
  for await (const piece of text) {
    const lines = `${rest}${piece}`.split('\n')
    rest = lines.pop() ?? ''
    count += lines.length
    yield* lines
    if (rest.length > RECORD_LENGTH_MAX) {
      throw new ReceiptFileFault(`line ${count + 1} has more than ${RECORD_LENGTH_MAX} characters`)
    }
  }
  yield rest
}

function rowOfObject(row: number, line: string, onUnused: (columns: readonly string[]) => void): FileRow {
  const value = parseJson(line)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { row, fields: {}, problem: 'is not a JSON object' }
  }
  const entries = Object.entries(value).map(([name, cell]) => ({ name, field: fieldOfColumn(name), cell }))
  onUnused(entries.filter(({ field }) => field === null).map(({ name }) => name))
  const fields: ReceiptFields = {}
  let problem: string | null = null
  for (const { name, field, cell } of entries) {
    if (field === null || cell === null) continue
    if (fields[field] !== undefined) problem = `has two fields that mean ${field}`
    if (typeof cell === 'string') fields[field] = cell
    else if (typeof cell === 'number') fields[field] = String(cell)
    else problem = `${name} is neither text nor a number`
  }
  return { row, fields, problem }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
