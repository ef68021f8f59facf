import { createReadStream } from 'node:fs'
import { open, stat, truncate } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import {
  parseReportLine,
  REPORT_HEADER,
  type ReportedRow,
  type RowOutcome,
  reportLine,
} from '../core/receipt-import/report-line.ts'

export type ImportReport = {
  /** Whether an earlier run began it. */
  isContinued: boolean
  append(outcomes: readonly RowOutcome[]): Promise<void>
  close(): Promise<void>
}

/** A file at the place of a report that is none. */
export class NoReport extends Error {
  override readonly name = 'NoReport'
}

/** Read at a time when the end of a report is looked for; longer than its longest line. */
const TAIL_BYTES = 8_192
const NEWLINE = 10

/**
 * Opens a report to write on from its end. A line that a death of the process cut off is taken away: its row counts as
 * not done. Throws NoReport rather than write into a file that is something else.
 */
export async function openReport(path: string): Promise<ImportReport> {
  const file = await open(path, 'a+')
  try {
    await requireHeader(path)
    const { size } = await file.stat()
    const end = await endOfLastLine(path)
    const isContinued = end > 0
    if (end < size) await file.truncate(end)
    if (!isContinued) await file.appendFile(REPORT_HEADER)
    return {
      isContinued,
      append: (outcomes) => file.appendFile(outcomes.map(reportLine).join('')),
      async close() {
        await file.sync()
        await file.close()
      },
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** The lines of a report as it is now, one at a time. Throws NoReport at one that is none. */
export async function* readReport(path: string): AsyncGenerator<ReportedRow> {
  const { size } = await stat(path)
  await requireHeader(path)
  if (size <= REPORT_HEADER.length) return
  const input = createReadStream(path, { start: REPORT_HEADER.length, end: size - 1 })
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    const reported = parseReportLine(line)
    if (reported === null) throw new NoReport(`${path} is not the report of an import`)
    yield reported
  }
}

/** What a dry run writes: the report that was there is gone. Throws NoReport when something else is there. */
export async function newReport(path: string): Promise<ImportReport> {
  await (await open(path, 'a')).close()
  await requireHeader(path)
  await truncate(path, 0)
  return openReport(path)
}

/** An empty file may become a report, and so may one whose first line a death of the process cut off. */
async function requireHeader(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(REPORT_HEADER.length), 0, REPORT_HEADER.length, 0)
    const start = buffer.toString('utf8', 0, bytesRead)
    if (bytesRead < REPORT_HEADER.length ? !REPORT_HEADER.startsWith(start) : start !== REPORT_HEADER) {
      throw new NoReport(`${path} is not the report of an import`)
    }
  } finally {
    await file.close()
  }
}

/** Where the last whole line ends; 0 when there is none. */
async function endOfLastLine(path: string): Promise<number> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const from = Math.max(0, size - TAIL_BYTES)
    const { buffer, bytesRead } = await file.read(Buffer.alloc(TAIL_BYTES), 0, TAIL_BYTES, from)
    const at = buffer.subarray(0, bytesRead).lastIndexOf(NEWLINE)
    return at < 0 ? 0 : from + at + 1
  } finally {
    await file.close()
  }
}
