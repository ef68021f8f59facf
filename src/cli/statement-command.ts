import { Command } from 'commander'
import { ISO_TIME_EXAMPLE, parseIsoTime } from '../core/lib/iso-time.ts'
import type { CurrencyStatement } from '../core/wallet/statement.ts'
import type { Ctx } from '../usecases/ports.ts'
import { listBalances } from '../usecases/wallet/list-balances.ts'
import { listTransactions } from '../usecases/wallet/list-transactions.ts'
import { readStatement } from '../usecases/wallet/read-statement.ts'
import { chosenProject, withProjectOption } from './chosen-project.ts'
import { withContext } from './context.ts'
import { fail, print } from './print.ts'
import { count } from './progress-line.ts'

/** Lines of a statement: what a person reads; the Admin Credits API has the rest. */
const STATEMENT_LINES = 50

type Options = { project?: string; at?: string }

export function statementCommand(): Command {
  return withProjectOption(new Command('statement'))
    .description(`print the balances and the latest ${STATEMENT_LINES} transactions of a customer`)
    .argument('<app user id>', 'the id that the app gave to the SDK')
    .option('--at <time>', `what the customer had at that moment, such as ${ISO_TIME_EXAMPLE}: balances and lots`)
    .action(async (appUserId: string, { project, at }: Options) => {
      const moment = at === undefined ? null : parseIsoTime(at)
      if (at !== undefined && moment === null) fail(`--at must be a time such as ${ISO_TIME_EXAMPLE}`)
      const lines = await withContext(async ({ ctx }) => {
        const customer = { projectId: await chosenProject(ctx, project), appUserId }
        return moment === null ? latestLines(ctx, customer) : linesAt(ctx, customer, moment)
      })
      if (typeof lines === 'string') fail(`no statement for ${appUserId}: ${lines}`)
      for (const line of lines) print(line)
    })
}

type CustomerName = { projectId: string; appUserId: string }

async function latestLines(ctx: Ctx, customer: CustomerName): Promise<string[] | string> {
  const page = { limit: STATEMENT_LINES, before: null, kind: null, currency: null, since: null, until: null }
  const [balances, list] = await Promise.all([
    listBalances(ctx, customer),
    listTransactions(ctx, { ...customer, ...page }),
  ])
  if (!balances.ok || !list.ok) return 'customer_not_found'
  const entries = list.value.entries.map((entry) => {
    const changes = entry.changes.map(({ currency, amount }) => `${amount > 0 ? '+' : ''}${count(amount)} ${currency}`)
    const words = [new Date(entry.createdAt).toISOString(), entry.transactionId, entry.kind, changes.join(', ')]
    return [...words, entry.actor, entry.reason ?? ''].join('  ').trimEnd()
  })
  return [
    ...balances.value.balances.map(({ currency, balance }) => `balance ${currency.code} ${count(balance)}`),
    ...entries,
    ...(list.value.hasMore ? [`(only the latest ${STATEMENT_LINES})`] : []),
  ]
}

async function linesAt(ctx: Ctx, customer: CustomerName, at: number): Promise<string[] | string> {
  const found = await readStatement(ctx, { ...customer, at, currency: null })
  if (!found.ok) return found.refusal.code === 'moment_ahead' ? 'that moment is yet to come' : found.refusal.code
  const { currencies, mergedLater, holds } = found.value
  return [
    `at ${new Date(at).toISOString()}`,
    ...(currencies.length === 0 ? ['no transactions by then'] : currencies.flatMap(currencyLines)),
    ...mergedLater.flatMap((other) => [
      `${other.userId}, who was merged later:`,
      ...other.currencies.flatMap(currencyLines),
    ]),
    ...holds.map((hold) => `hold ${hold.holdId} open, of ${count(hold.authorised)} ${hold.currency}: ${hold.reason}`),
  ]
}

function currencyLines({ currency, balance, lapsed, owed, held, lots, omitted, addsUp }: CurrencyStatement): string[] {
  const besides = Object.entries({ lapsed, owed, held }).flatMap(([name, amount]) =>
    amount === 0 ? [] : [`${name} ${count(amount)}`],
  )
  return [
    [`balance ${currency} ${count(balance)}`, ...besides].join(', '),
    ...lots.map(({ lotId, source, granted, remaining, expiresAt, isLapsed }) => {
      const end =
        expiresAt === null
          ? 'without an end'
          : `${isLapsed ? 'over since' : 'until'} ${new Date(expiresAt).toISOString()}`
      return `  ${lotId}  ${count(remaining)} of ${count(granted)}  ${source}  ${end}`
    }),
    ...(omitted.lots === 0 ? [] : [`  and ${count(omitted.lots)} more lots with ${count(omitted.remaining)}`]),
    ...(addsUp ? [] : ["  postings and lots say different things: run 'purser ledger verify'"]),
  ]
}
