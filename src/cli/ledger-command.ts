import { Command } from 'commander'
import { verifyWholeLedger } from '../app/verify-ledger.ts'
import { chooseProject } from '../usecases/projects/choose-project.ts'
import { listBalances } from '../usecases/wallet/list-balances.ts'
import { listTransactions } from '../usecases/wallet/list-transactions.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'
import { count, progressLine } from './progress-line.ts'

/** Lines of a statement: what a person reads; the Admin Credits API has the rest. */
const STATEMENT_LINES = 50

export function ledgerCommand(): Command {
  return new Command('ledger')
    .description('look into the credit ledger')
    .addCommand(verifyCommand())
    .addCommand(statementCommand())
}

function verifyCommand(): Command {
  return new Command('verify')
    .description(
      'compute every sum, lot, balance, hold and chain again from the rows; exit code 1 names the first fault',
    )
    .option('--json', 'print the report as JSON')
    .action(async (options: { json?: boolean }) => {
      const report = await withContext(async (context) => {
        const line = progressLine(process.stderr, context.ctx.clock, 'verifying')
        try {
          return await verifyWholeLedger(context, ({ customers, of, transactions }) =>
            line.say(`verifying ${count(customers)} of ${count(of)} customers; ${count(transactions)} transactions`),
          )
        } finally {
          line.clear()
        }
      })
      if (options.json) print(JSON.stringify(report, null, 2))
      const { fault, customers, transactions } = report
      if (fault !== null) fail(`the ledger is not sound: customer ${fault.customerId}, ${fault.row}: ${fault.problem}`)
      if (!options.json)
        print(`The ledger is sound: ${count(transactions)} transactions, customers: ${count(customers)}`)
    })
}

function statementCommand(): Command {
  return new Command('statement')
    .description(`print the balances and the latest ${STATEMENT_LINES} transactions of a customer`)
    .argument('<app user id>', 'the id that the app gave to the SDK')
    .option('--project <id>', 'the project, where the database has several')
    .action(async (appUserId: string, options: { project?: string }) => {
      const found = await withContext(async ({ ctx }) => {
        const project = await chooseProject(ctx, options.project ?? null)
        if (!project.ok) return project.refusal.code
        const customer = { projectId: project.value, appUserId }
        const page = { limit: STATEMENT_LINES, before: null, kind: null, currency: null, since: null, until: null }
        const [balances, list] = await Promise.all([
          listBalances(ctx, customer),
          listTransactions(ctx, { ...customer, ...page }),
        ])
        return balances.ok && list.ok ? { balances: balances.value.balances, list: list.value } : 'customer_not_found'
      })
      if (typeof found === 'string') fail(`no statement for ${appUserId}: ${found}`)
      for (const { currency, balance } of found.balances) print(`balance ${currency.code} ${count(balance)}`)
      for (const entry of found.list.entries) {
        const changes = entry.changes.map(
          ({ currency, amount }) => `${amount > 0 ? '+' : ''}${count(amount)} ${currency}`,
        )
        const words = [new Date(entry.createdAt).toISOString(), entry.transactionId, entry.kind, changes.join(', ')]
        print([...words, entry.actor, entry.reason ?? ''].join('  ').trimEnd())
      }
      if (found.list.hasMore) print(`(only the latest ${STATEMENT_LINES})`)
    })
}
