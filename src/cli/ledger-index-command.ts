import { Command } from 'commander'
import { indexLedger } from '../usecases/wallet/index-ledger.ts'
import { withContext } from './context.ts'
import { print } from './print.ts'
import { count, progressLine } from './progress-line.ts'

export function ledgerIndexCommand(): Command {
  return new Command('index')
    .description('make older transactions findable by ticket and operator; needed once after an update, safe to repeat')
    .action(async () => {
      const { transactions, added } = await withContext(async ({ ctx }) => {
        const line = progressLine(process.stderr, ctx.clock, 'indexing')
        try {
          return await indexLedger(ctx, (done) =>
            line.say(`indexing: ${count(done.transactions)} transactions read, ${count(done.added)} references added`),
          )
        } finally {
          line.clear()
        }
      })
      print(`${count(transactions)} transactions read, ${count(added)} references added`)
    })
}
