import { open, readFile, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command } from 'commander'
import { csvRecords } from '../app/csv-records.ts'
import type { Context } from '../app/open-context.ts'
import type { Settings } from '../config/schema.ts'
import { type BulkGrant, bulkProgress } from '../core/bulk/bulk-grant.ts'
import { faultToText } from '../core/bulk/file-fault.ts'
import { parseCsv } from '../core/bulk/parse-file.ts'
import { defaultsProblems } from '../core/bulk/parse-row.ts'
import { RESULT_HEADER, resultLine } from '../core/bulk/result-csv.ts'
import { changeBulk, discardBulk } from '../usecases/bulk/change-bulk.ts'
import { type UploadRefusal, uploadBulk } from '../usecases/bulk/upload-bulk.ts'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { driveBulk } from './drive-bulk.ts'
import { fail, print } from './print.ts'
import { count } from './progress-line.ts'
import { loadSettings } from './settings.ts'

/** Who the changes are booked under: whoever can run commands on the server. */
const ACTOR = 'command line'
/** As much as the Admin Credits API takes. */
const FILE_BYTES_MAX = 33_554_432
/** Rows read at a time for the report. */
const REPORT_ROWS = 1_000
/** Exit code when everything was tried, and some rows were refused. */
const SOME_REFUSED = 2

type Options = { dryRun?: boolean; reason?: string; currency?: string; project?: string; report?: string }

export function bulkCommand(): Command {
  return new Command('bulk').description('change many balances by a file').addCommand(grant()).addCommand(resume())
}

function grant(): Command {
  return withProjectOption(new Command('grant'))
    .description('grant or deduct by a CSV file; exit code 2 when rows were refused, 1 when the file is not valid')
    .argument(
      '<file>',
      'its first line names columns: user_id, amount, and if wanted currency, reason, idempotency_key',
    )
    .option('--dry-run', 'say what would happen, and keep nothing')
    .option('--reason <text>', 'reason of rows that have none')
    .option('--currency <code>', 'currency of rows that have none; CRD when left out')
    .option('--report <file>', 'where to write what came of each row; beside the file when left out')
    .action(async (file: string, options: Options) => {
      const bytes = await readBounded(file)
      const { settings } = loadSettings()
      refuseUpstream(settings)
      const rules = {
        reason: options.reason ?? null,
        currency: options.currency ?? null,
        maxAdjust: settings.maxAdjust,
      }
      const problems = defaultsProblems(rules)
      if (problems.length > 0) fail(problems.map((problem) => `--${problem}`).join('\n'))
      const report = options.report ?? `${file}.result.csv`
      const problem = await withContext(async (context) => {
        const projectId = await chosenProject(context.ctx, options.project)
        const uploaded = await uploadBulk(context.ctx, {
          projectId,
          name: basename(file).slice(0, 255),
          actor: ACTOR,
          open: () => parseCsv(csvRecords(bytes), rules),
        })
        if (!uploaded.ok) return faultsText(file, uploaded.refusal)
        const { bulk, sameAs } = uploaded.value
        if (sameAs !== null) print(`The same rows were handed in before, as ${sameAs}.`)
        return options.dryRun ? tryOut(context, bulk, report) : carryOut(context, bulk, report)
      })
      // Told after the database was closed: ending before that would leave its server behind.
      if (problem !== null) fail(problem)
    })
}

function resume(): Command {
  return withProjectOption(new Command('resume'))
    .description('go on with a bulk grant that was paused')
    .argument('<bulk id>', 'the id that was printed')
    .option('--report <file>', 'where to write what came of each row')
    .action(async (bulkId: string, options: Options) => {
      refuseUpstream(loadSettings().settings)
      const problem = await withContext(async (context) => {
        const projectId = await chosenProject(context.ctx, options.project)
        const order = { projectId, bulkId, order: 'resume', actor: ACTOR } as const
        const resumed = await changeBulk(context.ctx, order)
        if (!resumed.ok) return `${bulkId} cannot go on: ${refusalText(resumed.refusal)}`
        return finish(context, await driveBulk(context.ctx, resumed.value, 'granting'), options.report ?? null)
      })
      if (problem !== null) fail(problem)
    })
}

/** Makes the forecast, and forgets the file. */
async function tryOut(context: Context, bulk: BulkGrant, report: string): Promise<null> {
  const judged = await driveBulk(context.ctx, bulk, 'judging')
  printForecast(judged)
  await writeReport(context, judged, report)
  await discardBulk(context.ctx, judged)
  if (bulkProgress(judged).wouldBeRefused > 0) process.exitCode = SOME_REFUSED
  return null
}

async function carryOut(context: Context, bulk: BulkGrant, report: string): Promise<string | null> {
  const started = await changeBulk(context.ctx, { ...bulk, order: 'start', actor: ACTOR })
  if (!started.ok) return `${bulk.bulkId} was not started: ${refusalText(started.refusal)}`
  return finish(context, await driveBulk(context.ctx, started.value, 'granting'), report)
}

async function finish(context: Context, bulk: BulkGrant, report: string | null): Promise<null> {
  const { done, refused, remaining } = bulkProgress(bulk)
  print(`${bulk.bulkId} is ${bulk.state}: ${count(done)} done, ${count(refused)} refused, ${count(remaining)} left`)
  for (const [code, rows] of Object.entries(bulk.refusals)) print(`  refused ${count(rows)}: ${code}`)
  if (report !== null) await writeReport(context, bulk, report)
  if (bulk.state === 'paused') print(`Go on with: purser bulk resume ${bulk.bulkId}`)
  if (bulk.state !== 'done') process.exitCode = 1
  else if (refused > 0) process.exitCode = SOME_REFUSED
  return null
}

function printForecast({ rows, sums, forecast }: BulkGrant): void {
  print(`${count(rows)} rows of ${count(forecast.users)} users, ${count(forecast.unknownUsers)} of them unknown`)
  for (const { currency, granted, deducted } of sums) {
    print(`  ${currency}: ${count(granted)} granted, ${count(deducted)} deducted`)
  }
  for (const [code, refused] of Object.entries(forecast.refusals))
    print(`  would be refused ${count(refused)}: ${code}`)
  print('Nothing was changed.')
}

async function writeReport({ ctx }: Context, bulk: BulkGrant, path: string): Promise<void> {
  const file = await open(path, 'w')
  try {
    await file.write(RESULT_HEADER)
    let after = 0
    for (;;) {
      const rows = await ctx.read.bulk.rows(bulk, { after, limit: REPORT_ROWS, which: 'all' })
      await file.write(rows.map((row) => resultLine(row, (code) => code)).join(''))
      after = rows.at(-1)?.number ?? after
      if (rows.length < REPORT_ROWS) break
    }
  } finally {
    await file.close()
  }
  print(`What came of each row is in ${path}`)
}

async function readBounded(file: string): Promise<Uint8Array> {
  const unreadable = (error: Error) => fail(`${file} cannot be read: ${error.message}`)
  const { size } = await stat(file).catch(unreadable)
  if (size > FILE_BYTES_MAX) fail(`${file} has more than ${count(FILE_BYTES_MAX)} bytes; split it`)
  return readFile(file).catch(unreadable)
}

/** Where another server keeps the balances, rows would change others than people see. */
function refuseUpstream({ creditsUpstreamKey }: Settings): void {
  if (creditsUpstreamKey !== undefined)
    fail('bulk grants take a ledger of our own; another server keeps the balances here')
}

function faultsText(file: string, { faults, isCut }: UploadRefusal): string {
  const lines = faults.map((fault) => `  ${faultToText(fault)}`)
  return [`${file} was not taken:`, ...lines, ...(isCut ? ['  and perhaps more'] : [])].join('\n')
}

function refusalText(refusal: { code: 'bulk_not_found' } | { code: 'bulk_state'; state: string }): string {
  return refusal.code === 'bulk_state' ? `it is ${refusal.state}` : 'there is no such bulk grant'
}
