import { ok } from '../../core/lib/result.ts'
import { dryRun } from '../dry-run.ts'
import { inOwnLedger } from '../operators/adjust-as-operator.ts'
import type { Credits } from '../ports/credits.ts'
import type { Ctx } from '../ports.ts'
import { listBalances } from '../wallet/list-balances.ts'
import { listTransactions } from '../wallet/list-transactions.ts'
import { reverseTransaction } from '../wallet/reverse-transaction.ts'

/** Credits whose balances are in the own ledger. */
export function ledgerCredits(ctx: Ctx): Credits {
  return {
    keptBy: 'ledger',
    async catalog(projectId) {
      return ok(await ctx.read.catalog.ofProject(projectId))
    },
    async balances({ includeEmpty, ...whose }) {
      const listed = await listBalances(ctx, whose)
      if (!listed.ok) return listed
      const { balances, revision } = listed.value
      return ok({ balances: balances.filter(({ balance }) => includeEmpty || balance !== 0), revision })
    },
    ...writesTo(ctx),
    dryRun: writesTo(dryRun(ctx)),
    transactions: (input) => listTransactions(ctx, input),
    async transaction(projectId, transactionId) {
      const [transaction, reversals] = await Promise.all([
        ctx.read.wallet.transaction(projectId, transactionId),
        ctx.read.wallet.standingReversals(transactionId),
      ])
      return transaction === null ? null : { keptBy: 'ledger', transaction, reversedBy: reversals[0] ?? null }
    },
  }
}

function writesTo(ctx: Ctx): Credits['dryRun'] {
  return { adjust: inOwnLedger(ctx), reverse: (input) => reverseTransaction(ctx, input) }
}
