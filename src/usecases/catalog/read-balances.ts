import type { ConfiguredCurrency } from '../../core/catalog/currency.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

export type ReadBalance = { currency: ConfiguredCurrency; balance: number }

/**
 * A customer's balances by the catalogue as it is now, the newest currency first. An archived currency is among them as
 * long as the customer has units of it; balances of zero only if `includesEmpty`.
 */
export async function readBalances(
  ctx: Ctx,
  { projectId, userId, includesEmpty }: { projectId: string; userId: string; includesEmpty: boolean },
): Promise<Result<{ balances: ReadBalance[]; revision: number }, { code: 'customer_not_found' }>> {
  const [currencies, customer] = await Promise.all([
    ctx.read.catalog.currencies(projectId),
    ctx.read.customers.findByAppUserId(projectId, userId),
  ])
  if (customer === null) return refuse({ code: 'customer_not_found' })
  const amounts = await ctx.read.wallet.balances(customer)
  const balances = currencies
    .map((currency) => ({ currency, balance: amounts.get(currency.code) ?? 0 }))
    .filter(({ currency, balance }) => balance > 0 || (includesEmpty && currency.archivedAt === null))
  return ok({ balances, revision: customer.revision })
}
