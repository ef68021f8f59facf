import { expect, test } from 'vitest'
import { type CsvRecord, type ParsedRow, parseCsv, parseList } from './parse-file.ts'
import type { RowRules } from './parse-row.ts'

const RULES: RowRules = { reason: null, currency: null, maxAdjust: 1_000 }

async function* recordsOf(rows: readonly string[][]): AsyncGenerator<CsvRecord> {
  for (const [index, cells] of rows.entries()) yield { line: index + 1, cells }
}

async function parse(rows: readonly string[][], rules = RULES): Promise<ParsedRow[]> {
  const parsed: ParsedRow[] = []
  for await (const row of parseCsv(recordsOf(rows), rules)) parsed.push(row)
  return parsed
}

function faultsOf(parsed: readonly ParsedRow[]): string[] {
  return parsed.flatMap((row) => (row.ok ? [] : [`${row.refusal.line} ${row.refusal.column}: ${row.refusal.problem}`]))
}

test('columns come in any order and letter case; what a row leaves out comes from the defaults', async () => {
  const rows = await parse(
    [
      ['Amount', ' user_id ', 'currency', 'reason'],
      ['+50', ' anna', '', ''],
      ['-7', 'ben', 'GLD', ' why not '],
    ],
    { ...RULES, reason: 'ZD-1 outage' },
  )
  const base = { idempotencyKey: null }
  expect(rows).toEqual([
    { ok: true, value: { ...base, line: 2, userId: ' anna', amount: 50, currency: 'CRD', reason: 'ZD-1 outage' } },
    { ok: true, value: { ...base, line: 3, userId: 'ben', amount: -7, currency: 'GLD', reason: 'why not' } },
  ])
})

test('each fault is named with its line and column, several of one row too', async () => {
  const parsed = await parse([
    ['user_id', 'amount', 'currency', 'reason', 'idempotency_key'],
    ['', '1,000', 'C R D', 'no', 'k1'],
    ['anna', '0', '', 'a good reason', 'k2'],
    ['anna', '1001', '', 'a good reason', 'k3'],
    ['anna', '5.0', '', 'a good reason', 'k4'],
    ['anna', '5', '', 'a good reason'],
    ['anna', '5', '', 'a good reason', 'k2'],
    ['ben', '5', '', 'a good reason', 'k7'],
    ['cleo', '6', '', 'a good reason', 'k7'],
  ])
  expect(faultsOf(parsed)).toEqual([
    '2 user_id: is required',
    '2 amount: must be a whole number',
    '2 currency: must be a code of 1 to 10 letters, digits or underscores',
    '2 reason: must have 3 to 500 characters',
    '3 amount: must not be zero',
    '4 amount: must be between -1000 and 1000',
    '5 amount: must be a whole number',
    '6 null: has 4 cells where the first line has 5',
    '9 idempotency_key: is the key of line 8 as well',
  ])
})

test('the first line must name what is needed, and nothing that is not known', async () => {
  expect(
    faultsOf(
      await parse([
        ['user_id', 'Credits', 'user_id'],
        ['anna', '5', 'x'],
      ]),
    ),
  ).toEqual([
    '1 credits: is not a known column; there are user_id, amount, currency, reason, idempotency_key',
    '1 user_id: is there twice',
    '1 amount: is missing in the first line, which names the columns',
    '1 reason: is missing in the first line, which names the columns',
  ])
  expect(faultsOf(await parse([]))).toEqual(['1 null: the file is empty; its first line names the columns'])
})

test('a list follows the same rules, by place', () => {
  const rows = [
    { user_id: 'anna', amount: 5, reason: 'a good reason' },
    { user_id: 'anna', amount: '5', reason: 'a good reason', currency: null },
    { user_id: 'anna', amount: 5, reason: 'a good reason', note: 1 },
    17,
  ]
  expect(faultsOf([...parseList(rows, RULES)])).toEqual([
    '2 amount: must be a whole number',
    '2 currency: must be a code of 1 to 10 letters, digits or underscores',
    '3 note: is not a known field',
    '4 null: must be an object',
  ])
})
