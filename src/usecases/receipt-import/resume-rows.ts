import type { FileRow } from '../../core/receipt-import/receipt-row.ts'
import type { ReportedRow } from '../../core/receipt-import/report-line.ts'

/** A report and a file that do not belong together, in words for a person. */
export class ReportMismatch extends Error {
  override readonly name = 'ReportMismatch'
}

/** What ties a report to the rows of a file. */
export type ReportOfFile = {
  reported: AsyncIterable<ReportedRow>
  fingerprintOf(row: FileRow): string
}

/** The rows of a file that its report does not have yet. `onReported` is told of the others. */
export function withoutReported(
  rows: AsyncIterable<FileRow>,
  report: ReportOfFile,
  onReported: (line: ReportedRow) => void,
): AsyncGenerator<FileRow> {
  return besideReport(rows, report, (line) => {
    if (line !== null) onReported(line)
    return line === null
  })
}

/** The rows of a file that failed by an earlier report, and so may be right now. */
export function onlyFailed(rows: AsyncIterable<FileRow>, report: ReportOfFile): AsyncGenerator<FileRow> {
  return besideReport(rows, report, (line) => line?.outcome === 'failed')
}

/** Walks a file and a report of it side by side: neither is ever in memory. Throws a ReportMismatch. */
async function* besideReport(
  rows: AsyncIterable<FileRow>,
  { reported, fingerprintOf }: ReportOfFile,
  wants: (line: ReportedRow | null) => boolean,
): AsyncGenerator<FileRow> {
  const lines = reported[Symbol.asyncIterator]()
  try {
    let line = await lines.next()
    for await (const row of rows) {
      const mine = !line.done && line.value.row === row.row ? line.value : null
      if (mine !== null && mine.fingerprint !== fingerprintOf(row)) {
        throw new ReportMismatch(`row ${row.row} is another one than in the report`)
      }
      if (mine !== null) line = await lines.next()
      if (wants(mine)) yield row
    }
    if (!line.done) throw new ReportMismatch(`the report has row ${line.value.row}, and the file has not`)
  } finally {
    await lines.return?.()
  }
}
