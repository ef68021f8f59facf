import { Command } from 'commander'
import { verifyWholeLedger } from '../app/verify-ledger.ts'
import { withContext } from './context.ts'
import { ledgerIndexCommand } from './ledger-index-command.ts'
import { fail, print } from './print.ts'
import { count, progressLine } from './progress-line.ts'
import { statementCommand } from './statement-command.ts'

export function ledgerCommand(): Command {
  return new Command('ledger')
    .description('look into the credit ledger')
    .addCommand(verifyCommand())
    .addCommand(statementCommand())
    .addCommand(ledgerIndexCommand())
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
