import { access } from 'node:fs/promises'
import { resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type ImportReport, NoReport, newReport, openReport, readReport } from '../app/import-report.ts'
import type { Context } from '../app/open-context.ts'
import { ReceiptFileFault, readReceiptFile } from '../app/receipt-file.ts'
import type { FileRow } from '../core/receipt-import/receipt-row.ts'
import type { ReportedRow } from '../core/receipt-import/report-line.ts'
import { type ImportEnd, importReceipts } from '../usecases/receipt-import/import-receipts.ts'
import { onlyFailed, ReportMismatch, withoutReported } from '../usecases/receipt-import/resume-rows.ts'
import { fingerprintOf } from '../usecases/receipt-import/row-outcome.ts'
import type { RowPlace } from '../usecases/receipt-import/row-place.ts'
import { tryReceipts } from '../usecases/receipt-import/try-receipts.ts'
import { fail, print } from './print.ts'
import { count, progressLine } from './progress-line.ts'

export type ImportReceiptsOptions = {
  project?: string
  app?: string
  format?: 'csv' | 'ndjson'
  dryRun?: boolean
  events?: boolean
  report?: string
  retry?: string
  perSecond: number
  parallel: number
}

export type ReceiptImport = { path: string; projectId: string; options: ImportReceiptsOptions }

/** More apps than a project has. */
const APPS_MAX = 1_000
/** Exit code when everything was tried, and some rows were not imported. */
const SOME_NOT_IMPORTED = 2
/** Lines of a dry run that are written at a time. */
const BATCH = 500

/** Imports, or goes on importing. Answers why it ended early, in words; null when it did not. */
export async function runReceiptImport(context: Context, job: ReceiptImport): Promise<string | null> {
  const { ctx } = context
  const { path, options } = job
  const place = await placeOf(context, job)
  const order = { ...place, perSecond: options.perSecond, parallel: options.parallel }
  const reportPath = resolve(options.report ?? `${path}.report.csv`)
  return withReport(path, reportPath, openReport, async (report) => {
    const tally = newTally()
    const stopping = new AbortController()
    const stop = () => stopping.abort()
    process.once('SIGINT', stop).once('SIGTERM', stop)
    const line = progressLine(process.stderr, ctx.clock, 'importing')
    const say = (row: ReportedRow) => {
      tally.add(row)
      line.say(`importing row ${count(row.row)}: ${tally.text()}`)
    }
    try {
      const end = await importReceipts(ctx, order, rowsToDo(context, job, place, reportPath, say), {
        pause: (ms) => wait(ms, undefined, { signal: stopping.signal }).catch(() => undefined),
        async report(outcomes) {
          await report.append(outcomes)
          for (const outcome of outcomes) say(outcome)
        },
        signal: stopping.signal,
      })
      line.clear()
      tally.print(`${END_TEXT[end]}: ${tally.text()}`)
      if (tally.hasTrouble()) process.exitCode = SOME_NOT_IMPORTED
      return end === 'done' ? null : 'The same command goes on from here.'
    } finally {
      line.clear()
      process.off('SIGINT', stop).off('SIGTERM', stop)
    }
  })
}

const END_TEXT = {
  done: 'done',
  stopped: 'stopped',
  silent: 'stopped, for the store does not answer',
} as const satisfies Record<ImportEnd, string>

/** Tries all rows without keeping anything. */
export async function tryReceiptImport(context: Context, job: ReceiptImport): Promise<string | null> {
  const { path, options } = job
  const place = await placeOf(context, job)
  const reportPath = resolve(options.report ?? `${path}.dry-run.csv`)
  return withReport(path, reportPath, newReport, async (report) => {
    const tally = newTally()
    let batch = []
    for await (const outcome of tryReceipts(context.ctx, place, readReceiptFile(path, formatOf(job), sayUnused))) {
      tally.add(outcome)
      batch.push(outcome)
      if (batch.length === BATCH) {
        await report.append(batch)
        batch = []
      }
    }
    await report.append(batch)
    tally.print(`tried: ${tally.text()}`)
    if (tally.hasTrouble()) process.exitCode = SOME_NOT_IMPORTED
    return null
  })
}

async function placeOf({ ctx }: Context, { projectId, options }: ReceiptImport): Promise<RowPlace> {
  const project = await ctx.read.projects.get(projectId)
  const apps = await ctx.read.projects.apps(projectId, APPS_MAX)
  const chosen = apps.find((app) => app.appId === options.app || app.publicKey === options.app) ?? null
  if (project === null) return fail(`there is no project ${projectId}`)
  if (options.app !== undefined && chosen === null) return fail(`the project has no app ${options.app}`)
  return { project, apps, chosen, createsEvents: options.events === true }
}

function rowsToDo(
  { ctx }: Context,
  job: ReceiptImport,
  place: RowPlace,
  reportPath: string,
  onReported: (row: ReportedRow) => void,
): AsyncGenerator<FileRow> {
  const rows = readReceiptFile(job.path, formatOf(job), sayUnused)
  const of = (path: string) => ({
    reported: readReport(path),
    fingerprintOf: (row: FileRow) => fingerprintOf(ctx, place, row),
  })
  const { retry } = job.options
  return withoutReported(retry === undefined ? rows : onlyFailed(rows, of(resolve(retry))), of(reportPath), onReported)
}

/** Does work with a report and closes it. What a person can mend is answered in words. */
async function withReport(
  path: string,
  reportPath: string,
  openAt: (path: string) => Promise<ImportReport>,
  work: (report: ImportReport) => Promise<string | null>,
): Promise<string | null> {
  if (reportPath === path) return 'the report cannot be the file itself'
  const problem = await access(path).then(
    () => null,
    (error: Error) => error.message,
  )
  if (problem !== null) return `the file cannot be read: ${problem}`
  try {
    const report = await openAt(reportPath)
    if (report.isContinued) print(`Going on after the last row of ${reportPath}`)
    try {
      return await work(report)
    } finally {
      await report.close()
      print(`What came of each row is in ${reportPath}`)
    }
  } catch (error) {
    if (error instanceof ReportMismatch) return `${reportPath} is of another import: ${error.message}`
    if (error instanceof ReceiptFileFault || error instanceof NoReport) return error.message
    throw error
  }
}

function formatOf({ path, options }: ReceiptImport): 'csv' | 'ndjson' {
  return options.format ?? (/\.(ndjson|jsonl)$/i.test(path) ? 'ndjson' : 'csv')
}

function sayUnused(columns: readonly string[]): void {
  if (columns.length > 0) print(`Not read: ${columns.join(', ')}`)
}

/** Counts outcomes as they come. */
function newTally() {
  const outcomes = new Map<string, number>()
  const codes = new Map<string, number>()
  const sum = (name: string) => outcomes.get(name) ?? 0
  return {
    add({ outcome, code }: Pick<ReportedRow, 'outcome' | 'code'>) {
      outcomes.set(outcome, sum(outcome) + 1)
      if (code !== '') codes.set(`${outcome}: ${code}`, (codes.get(`${outcome}: ${code}`) ?? 0) + 1)
    },
    hasTrouble: () => [...outcomes.keys()].some((name) => name !== 'imported' && name !== 'would_import'),
    text: () => [...outcomes].map(([name, rows]) => `${count(rows)} ${name}`).join(', ') || 'no rows',
    print(first: string) {
      print(first)
      for (const [code, rows] of codes) print(`  ${count(rows)} ${code}`)
    },
  }
}
