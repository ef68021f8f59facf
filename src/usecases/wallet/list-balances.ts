import type { Currency } from '../../core/catalog/catalog.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

export type Balance = { currency: Currency; balance: number }

/** All configured currencies with a customer's balance, zero balances included, in the catalogue's order. */
export async function listBalances(
  ctx: Ctx,
  input: { projectId: string; appUserId: string },
): Promise<Result<{ balances: Balance[]; revision: number }, { code: 'customer_not_found' }>> {
  const [catalog, customer] = await Promise.all([
    ctx.read.catalog.ofProject(input.projectId),
    ctx.read.customers.findByAppUserId(input.projectId, input.appUserId),
  ])
  if (customer === null) return refuse({ code: 'customer_not_found' })
  const amounts = await ctx.read.wallet.balances(customer)
  const balances = catalog.currencies.map((currency) => ({ currency, balance: amounts.get(currency.code) ?? 0 }))
  return ok({ balances, revision: customer.revision })
}
