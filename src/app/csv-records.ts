import { isUtf8 } from 'node:buffer'
import { Readable } from 'node:stream'
import { type CsvError, type Info, parse } from 'csv-parse'
import type { CsvRecord } from '../core/bulk/parse-file.ts'

/** Bytes given to the parser at a time: it holds the records of one piece, not those of the whole file. */
const PIECE_BYTES = 65_536
/** The longest honest record has a reason of 500 and a key of 200 characters, of four bytes each. */
const RECORD_BYTES_MAX = 10_000

/** Excel writes what the country of its user uses. The first line names columns, so what else is in it separates them. */
const DELIMITERS = [',', ';', '\t']
const LINE_SEARCHED_BYTES = 1_000
const LINE_ENDS = ['\r\n', '\n', '\r']
const CR = 13
const LF = 10

/** After these faults the parser no longer knows what is within quotes. */
const PLACE_LOST: ReadonlySet<CsvError['code']> = new Set(['CSV_MAX_RECORD_SIZE', 'CSV_INVALID_CLOSING_QUOTE'])

const OPTIONS = {
  bom: true,
  info: true,
  max_record_size: RECORD_BYTES_MAX,
  record_delimiter: LINE_ENDS,
  relax_column_count: true,
  skip_empty_lines: true,
  skip_records_with_error: true,
} as const

type Parsed = { record: string[]; info: Info }
type Skipped = { endsAt: number; code: CsvError['code'] }

/**
 * Reads the records of a CSV file (RFC 4180) in UTF-8, with or without a byte order mark, whatever its line ends are.
 * Lines without a cell are passed over. A record that cannot be read is named, and those after it are read.
 */
export async function* csvRecords(bytes: Uint8Array): AsyncGenerator<CsvRecord> {
  if (!isUtf8(bytes)) {
    yield { line: 1, problem: 'the file is not UTF-8; save it as "CSV UTF-8"' }
    return
  }
  const skipped: Skipped[] = []
  const parser = Readable.from(piecesOf(bytes)).pipe(
    parse({ ...OPTIONS, delimiter: delimiterOf(bytes), on_skip: noteIn(skipped) }),
  )
  const lines = lineCounter(bytes)
  for await (const { record, info } of parser as AsyncIterable<Parsed>) {
    for (const fault of takeUntil(skipped, info.bytes)) {
      yield { line: lines.after(fault.endsAt), problem: problemOf(fault.code) }
      if (PLACE_LOST.has(fault.code)) return
    }
    yield { line: lines.beginOf(record, info.bytes), cells: record }
  }
  for (const fault of takeUntil(skipped, bytes.length)) {
    yield { line: lines.after(fault.endsAt), problem: problemOf(fault.code) }
    if (PLACE_LOST.has(fault.code)) return
  }
}

/** Notes the first fault of each record. */
function noteIn(skipped: Skipped[]) {
  let records = -1
  return (error: CsvError | undefined): undefined => {
    if (error === undefined) return
    const { bytes: endsAt, records: before } = error as unknown as Info
    // A record that is not read is not counted either, so two faulty ones in a row differ only in where they are.
    if (skipped.at(-1)?.endsAt === endsAt && records === before) return
    records = before
    skipped.push({ endsAt, code: error.code })
  }
}

function* takeUntil(skipped: Skipped[], endsAt: number): Generator<Skipped> {
  while (skipped[0] !== undefined && skipped[0].endsAt < endsAt) {
    const [first] = skipped.splice(0, 1)
    if (first !== undefined) yield first
  }
}

function* piecesOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.subarray(at, at + PIECE_BYTES)
}

function delimiterOf(bytes: Uint8Array): string {
  const [line = ''] = Buffer.from(bytes.subarray(0, LINE_SEARCHED_BYTES))
    .toString('utf8')
    .split(/[\r\n]/, 1)
  return DELIMITERS.find((delimiter) => line.includes(delimiter)) ?? ','
}

/** Counts lines from record to record. The parser's own count takes a line break within quotes for two. */
function lineCounter(bytes: Uint8Array) {
  let at = 0
  let line = 1
  const step = () => {
    const byte = bytes[at]
    if (byte === CR || (byte === LF && bytes[at - 1] !== CR)) line += 1
    at += 1
  }
  return {
    /** The line on which a record begins that ends at a place. */
    beginOf(record: readonly string[], endsAt: number): number {
      while (at < endsAt) step()
      const isEnded = bytes[endsAt - 1] === CR || bytes[endsAt - 1] === LF
      return line - (isEnded ? 1 : 0) - breaksIn(record)
    },
    /** The line of what comes after a place. */
    after(endsAt: number): number {
      while (at < endsAt) step()
      while (bytes[at] === CR || bytes[at] === LF) step()
      return line
    },
  }
}

function breaksIn(record: readonly string[]): number {
  return record.reduce((sum, cell) => sum + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0)
}

function problemOf(code: CsvError['code']): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return 'a quote is opened and never closed'
  if (code === 'CSV_MAX_RECORD_SIZE') return `has more than ${RECORD_BYTES_MAX} bytes; a quote may not be closed`
  if (code === 'CSV_INVALID_CLOSING_QUOTE') return 'a closing quote must end the cell; double it to mean a quote'
  if (code === 'INVALID_OPENING_QUOTE') return 'a quote inside a cell needs quotes around the whole cell'
  return 'cannot be read as CSV'
}
