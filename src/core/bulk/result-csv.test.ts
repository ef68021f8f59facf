import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { BulkRow } from './bulk-row.ts'
import { RESULT_HEADER, resultLine } from './result-csv.ts'

const ROW: BulkRow = {
  number: 1,
  line: 2,
  userId: 'anna',
  currency: 'CRD',
  amount: -5,
  reason: 'ZD-1',
  idempotencyKey: null,
  state: 'refused',
  refusal: 'insufficient_balance',
  forecast: 'insufficient_balance',
  transactionId: null,
  balance: null,
  replayed: false,
  settledAt: Date.UTC(2026, 4, 4),
}

test('a line says what was asked and what came of it', () => {
  expect(RESULT_HEADER).toMatch(/^line,user_id,amount,.*,settled_at\r\n$/)
  expect(resultLine(ROW, (code) => `x_${code}`)).toBe(
    '2,anna,-5,CRD,ZD-1,,refused,x_insufficient_balance,x_insufficient_balance,,,2026-05-04T00:00:00.000Z\r\n',
  )
})

test('text that a spreadsheet would run is made text; negative numbers stay numbers', () => {
  for (const text of ['=1+1', '+cmd', '-2+3', '@SUM(A1)', '\t=1']) {
    expect(resultLine({ ...ROW, userId: text }, String)).toContain(`2,'${text},-5,`)
  }
  expect(resultLine({ ...ROW, reason: '=HYPERLINK("x","y")' }, String)).toContain(`"'=HYPERLINK(""x"",""y"")"`)
})

test('whatever a text is, no cell of it begins a formula, and it stays one cell', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme-ascii' }), (reason) => {
      const line = resultLine({ ...ROW, reason }, String)
      const cell = line.slice('2,anna,-5,CRD,'.length, line.lastIndexOf(',,refused,'))
      const inner = cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell
      expect(inner.startsWith("'") ? inner.slice(1) : inner).toBe(reason.startsWith("'") ? reason.slice(1) : reason)
      expect(inner).not.toMatch(/^[=+\-@\t\r]/)
    }),
  )
})
