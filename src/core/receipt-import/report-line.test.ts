import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseReportLine, REPORT_HEADER, type RowOutcome, reportLine } from './report-line.ts'

const outcome: RowOutcome = {
  row: 7,
  fingerprint: '0123456789abcdef',
  outcome: 'refused',
  code: 'product_unknown',
  appUserId: 'anna',
  storeProductId: 'pro',
  problem: 'the app has no product pro',
}

test('a line says row, outcome, code and problem, and has as many cells as the first line', () => {
  expect(reportLine(outcome)).toBe('7,0123456789abcdef,refused,product_unknown,anna,pro,the app has no product pro\r\n')
  expect(REPORT_HEADER.split(',')).toHaveLength(7)
})

test('whatever a file says stays in one line, and the line is read back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (appUserId, problem) => {
      const line = reportLine({ ...outcome, appUserId, problem })
      expect(line.slice(0, -2)).not.toMatch(/[\r\n]/)
      const { row, fingerprint, code } = outcome
      expect(parseReportLine(line)).toEqual({ row, fingerprint, outcome: 'refused', code })
    }),
  )
})

test('a cell that a spreadsheet would run is told as text', () => {
  expect(reportLine({ ...outcome, appUserId: '=cmd()' })).toContain(",'=cmd(),")
})

test.each([
  '',
  'row,fingerprint',
  reportLine({ ...outcome, outcome: 'would_import' }),
  reportLine(outcome).slice(0, 20),
])('a line that is of no import is not taken for one (%#)', (line) => expect(parseReportLine(line)).toBeNull())
