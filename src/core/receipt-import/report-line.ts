import { csvCell } from '../lib/csv-cell.ts'

/** `refused` is never going to be right as it is; `failed` may be right later. The last two are of a dry run. */
export type OutcomeName = 'imported' | 'refused' | 'failed' | 'would_import' | 'would_refuse'

/** What came of one row. `code` and `problem` are empty when nothing is to be said. */
export type RowOutcome = {
  row: number
  fingerprint: string
  outcome: OutcomeName
  code: string
  appUserId: string
  storeProductId: string
  problem: string
}

/** What a line of an earlier report tells a run that goes on from it. */
export type ReportedRow = Pick<RowOutcome, 'row' | 'fingerprint' | 'outcome' | 'code'>

/** The first line of a report. */
export const REPORT_HEADER = 'row,fingerprint,outcome,code,app_user_id,product_id,problem\r\n'

const REPORTED = /^(\d{1,15}),([0-9a-f]{16}),(imported|refused|failed),([a-z_]*),/
const CONTROLS = /\p{Cc}/gu
/** How much of a text of the file is repeated; longer than any honest id. */
const SHOWN_MAX = 255

/** One line of a report; what the file says cannot break it. */
export function reportLine(outcome: RowOutcome): string {
  const { row, fingerprint, code } = outcome
  const texts = [outcome.appUserId, outcome.storeProductId, outcome.problem].map((text) =>
    csvCell(text.slice(0, SHOWN_MAX).replaceAll(CONTROLS, ' ')),
  )
  return `${[row, fingerprint, outcome.outcome, code, ...texts].join(',')}\r\n`
}

/** Reads a line of an import's report; null when it is no such line. */
export function parseReportLine(line: string): ReportedRow | null {
  const match = REPORTED.exec(line)
  if (match === null) return null
  const [, row, fingerprint = '', outcome, code = ''] = match
  return { row: Number(row), fingerprint, outcome: outcome as OutcomeName, code }
}
