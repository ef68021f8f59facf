import { resolve } from 'node:path'
import { Command, InvalidArgumentError, Option } from 'commander'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { type ImportReceiptsOptions, runReceiptImport, tryReceiptImport } from './drive-receipt-import.ts'
import { fail, print } from './print.ts'

/** Stores allow some thousand questions a minute; a start that leaves most of them to the apps. */
const PER_SECOND_DEFAULT = 20
/** More than a database and a store take from one process. */
const PER_SECOND_MAX = 10_000
const PARALLEL_DEFAULT = 4
/** Each one may hold a connection of the database. */
const PARALLEL_MAX = 32

export function importReceiptsCommand(): Command {
  return withProjectOption(new Command('receipts'))
    .description('import receipts and tokens; the same command again goes on where it was ended')
    .argument(
      '<file>',
      'CSV whose first line names columns, or NDJSON: app_user_id, fetch_token, product_id, app, store',
    )
    .option('--app <app>', 'id or public key of the app of rows that name neither app nor store')
    .option('--dry-run', 'say what can be said without asking a store, and keep nothing')
    .option('--events', 'tell webhooks of what is found; they are told of nothing when left out')
    .option('--report <file>', 'where to write what came of each row; beside the file when left out')
    .option('--retry <report>', 'try only the rows that failed by this earlier report')
    .option('--per-second <number>', 'receipts a second at most', wholeUpTo(PER_SECOND_MAX), PER_SECOND_DEFAULT)
    .option('--parallel <number>', 'receipts at once', wholeUpTo(PARALLEL_MAX), PARALLEL_DEFAULT)
    .addOption(
      new Option('--format <format>', 'told by the ending of the file when left out').choices(['csv', 'ndjson']),
    )
    .addHelpText('after', '\nExit code 2 when rows were refused or failed, 1 when the import could not go on.')
    .action(async (file: string, options: ImportReceiptsOptions) => {
      const path = resolve(file)
      if (options.retry !== undefined && options.report === undefined) {
        fail('--retry needs --report: what comes of the second try goes into a report of its own')
      }
      const problem = await withContext(async (context) => {
        const projectId = await chosenProject(context.ctx, options.project)
        const run = options.dryRun ? tryReceiptImport : runReceiptImport
        return run(context, { path, projectId, options })
      })
      // Told after the database was closed: ending before that would leave its server behind.
      if (problem !== null) fail(problem)
      if (options.dryRun) print('Nothing was changed.')
    })
}

function wholeUpTo(max: number) {
  return (text: string): number => {
    const number = /^\d{1,6}$/.test(text) ? Number(text) : 0
    if (number < 1 || number > max) throw new InvalidArgumentError(`It must be a whole number from 1 to ${max}.`)
    return number
  }
}
