import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Hold } from '../../core/wallet/hold.ts'
import { type CurrencyStatement, statementAt } from '../../core/wallet/statement.ts'
import type { MergedCustomer } from '../ports/ledger.ts'
import type { Ctx } from '../ports.ts'

/** Lots listed of each currency; more would be read by nobody, and are summed up. */
const LOTS_MAX = 500
/** Holds listed. A customer has at most 100 open ones, and more only by merges. */
const HOLDS_MAX = 200
/** People are merged a handful of times. */
const MERGED_MAX = 20

export type Statement = {
  at: number
  /** What the customer's own ledger says. */
  currencies: CurrencyStatement[]
  /** What those had then in ledgers of their own who were merged into this customer later. */
  mergedLater: Array<{ customerId: string; userId: string; currencies: CurrencyStatement[] }>
  /** Holds that were open, with what is captured of them today; those of `mergedLater` among them. */
  holds: Hold[]
  revision: number
}

export type StatementRefusal = { code: 'customer_not_found' } | { code: 'moment_ahead' }

/**
 * What a customer had at a moment, from rows that never change: a later correction, lapse or merge does not change it.
 * A null `at` is now, a null `currency` all of them.
 */
export async function readStatement(
  ctx: Ctx,
  input: { projectId: string; appUserId: string; at: number | null; currency: string | null },
): Promise<Result<Statement, StatementRefusal>> {
  const now = ctx.clock.now()
  const at = input.at ?? now
  if (at > now) return refuse({ code: 'moment_ahead' })
  const customer = await ctx.read.customers.findByAppUserId(input.projectId, input.appUserId)
  if (customer === null) return refuse({ code: 'customer_not_found' })
  const isWanted = ({ currency }: { currency: string }) => input.currency === null || currency === input.currency
  const statementOf = async (ref: typeof customer | MergedCustomer) =>
    statementAt(await ctx.read.ledger.until(ref, at, LOTS_MAX), at).filter(isWanted)
  const [currencies, holds, merged] = await Promise.all([
    statementOf(customer),
    ctx.read.ledger.holdsOpenAt(customer, at, HOLDS_MAX),
    ctx.read.ledger.mergedInto(customer, MERGED_MAX),
  ])
  const mergedLater: Statement['mergedLater'] = []
  for (const other of merged) {
    // A merge leaves nothing behind, so those who were merged before have nothing left to tell.
    const own = (await statementOf(other)).filter(holdsSomething)
    if (own.length > 0) {
      mergedLater.push({ customerId: other.customerId, userId: other.originalAppUserId, currencies: own })
    }
  }
  return ok({ at, currencies, mergedLater, holds: holds.filter(isWanted), revision: customer.revision })
}

function holdsSomething({ balance, lapsed, owed, held }: CurrencyStatement): boolean {
  return balance !== 0 || lapsed !== 0 || owed !== 0 || held !== 0
}
