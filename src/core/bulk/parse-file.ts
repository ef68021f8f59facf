import { ok, type Result, refuse } from '../lib/result.ts'
import type { RowOrder } from './bulk-row.ts'
import type { FileFault } from './file-fault.ts'
import { parseRow, ROW_FIELDS, type RowField, type RowFields, type RowRules } from './parse-row.ts'

/** A record of a CSV file: the line on which it begins, and its cells. Or why nothing can be read from a line on. */
export type CsvRecord = { line: number; cells: readonly string[] } | { line: number; problem: string }

/** A row of a file, or a fault of it; one row may have several. */
export type ParsedRow = Result<RowOrder, FileFault>

/** How much of a name or value of the file is repeated. */
const SHOWN_MAX = 50
const WHOLE_NUMBER = /^[+-]?\d{1,15}$/

/** Reads the rows of a CSV file. Its first record names the columns, in any order; names are taken in any letter case. */
export async function* parseCsv(records: AsyncIterable<CsvRecord>, rules: RowRules): AsyncGenerator<ParsedRow> {
  const judgeKey = repeatedKeys()
  let columns: readonly RowField[] | null = null
  for await (const record of records) {
    if ('problem' in record) {
      yield refuse({ line: record.line, column: null, problem: record.problem })
    } else if (columns === null) {
      const header = parseHeader(record.line, record.cells, rules)
      if (!header.ok) {
        for (const fault of header.refusal) yield refuse(fault)
        return
      }
      columns = header.value
    } else yield* judgeKey(parseRecord(record.line, record.cells, columns, rules))
  }
  if (columns === null)
    yield refuse({ line: 1, column: null, problem: 'the file is empty; its first line names the columns' })
}

/** Reads the rows of a list. Their lines are their places in it, beginning with 1. */
export function* parseList(rows: readonly unknown[], rules: RowRules): Generator<ParsedRow> {
  const judgeKey = repeatedKeys()
  for (const [index, row] of rows.entries()) yield* judgeKey(parseObject(index + 1, row, rules))
}

function parseObject(line: number, row: unknown, rules: RowRules): Result<RowOrder, FileFault[]> {
  if (typeof row !== 'object' || row === null || Array.isArray(row)) {
    return refuse([{ line, column: null, problem: 'must be an object' }])
  }
  const unknown = Object.keys(row).find((name) => !isField(name))
  if (unknown !== undefined) return refuse([{ line, column: shown(unknown), problem: 'is not a known field' }])
  return parseRow(line, row as RowFields, rules)
}

function parseHeader(line: number, cells: readonly string[], rules: RowRules): Result<RowField[], FileFault[]> {
  const names = cells.map((cell) => cell.trim().toLowerCase())
  const faults = names.flatMap((name, index): FileFault[] => {
    if (!isField(name)) {
      return [{ line, column: shown(name), problem: `is not a known column; there are ${ROW_FIELDS.join(', ')}` }]
    }
    return names.indexOf(name) === index ? [] : [{ line, column: name, problem: 'is there twice' }]
  })
  const needed: RowField[] = rules.reason === null ? ['user_id', 'amount', 'reason'] : ['user_id', 'amount']
  for (const column of needed) {
    if (!names.includes(column))
      faults.push({ line, column, problem: 'is missing in the first line, which names the columns' })
  }
  return faults.length > 0 ? refuse(faults) : ok(names.filter(isField))
}

function parseRecord(
  line: number,
  cells: readonly string[],
  columns: readonly RowField[],
  rules: RowRules,
): Result<RowOrder, FileFault[]> {
  if (cells.length !== columns.length) {
    const problem = `has ${cells.length} cells where the first line has ${columns.length}`
    return refuse([{ line, column: null, problem }])
  }
  const fields: Partial<Record<RowField, unknown>> = {}
  for (const [index, column] of columns.entries()) {
    const cell = cells[index] ?? ''
    if (cell !== '') fields[column] = column === 'amount' ? amountOf(cell) : column === 'currency' ? cell.trim() : cell
  }
  return parseRow(line, fields, rules)
}

/** A text that is no whole number stays a text, and is refused as such: `1,000` and `5.0` may mean one thing or another. */
function amountOf(cell: string): unknown {
  const text = cell.trim()
  return WHOLE_NUMBER.test(text) ? Number(text) : text
}

/** Two rows with one key would be done once, which nobody can have meant. */
function repeatedKeys() {
  const lineOfKey = new Map<string, number>()
  return function* judge(row: Result<RowOrder, FileFault[]>): Generator<ParsedRow> {
    if (!row.ok) {
      for (const fault of row.refusal) yield refuse(fault)
      return
    }
    const { line, idempotencyKey: key } = row.value
    const first = key === null ? undefined : lineOfKey.get(key)
    if (first !== undefined) {
      yield refuse({ line, column: 'idempotency_key', problem: `is the key of line ${first} as well` })
      return
    }
    if (key !== null) lineOfKey.set(key, line)
    yield row
  }
}

function isField(name: string): name is RowField {
  return ROW_FIELDS.some((field) => field === name)
}

function shown(name: string): string {
  return name.length > SHOWN_MAX ? `${name.slice(0, SHOWN_MAX)}...` : name
}
