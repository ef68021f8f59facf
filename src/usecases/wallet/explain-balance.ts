import { findCurrency } from '../../core/catalog/catalog.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { type Explanation, explainBalance as explain } from '../../core/wallet/explain-balance.ts'
import type { BalanceLimits } from '../ports/ledger.ts'
import type { Ctx } from '../ports.ts'

/**
 * What is told one by one: as much as a person reads; the rest is summed up. A ledger of ten thousand transactions is
 * computed again in about a second; longer ones would hold up the answer.
 */
const LIMITS: BalanceLimits = { lots: 50, movements: 10, holds: 100, verified: 10_000 }

export type ExplainRefusal = { code: 'customer_not_found' } | { code: 'currency_unknown'; currency: string }

/** Why the balance of a customer in a currency is what it is, and whether the ledger agrees. */
export async function explainBalance(
  ctx: Ctx,
  { projectId, appUserId, currency }: { projectId: string; appUserId: string; currency: string },
): Promise<Result<{ explanation: Explanation; revision: number }, ExplainRefusal>> {
  const [catalog, customer] = await Promise.all([
    ctx.read.catalog.ofProject(projectId),
    ctx.read.customers.findByAppUserId(projectId, appUserId),
  ])
  if (customer === null) return refuse({ code: 'customer_not_found' })
  const now = ctx.clock.now()
  const facts = await ctx.read.ledger.balanceFacts(customer, currency, { now, hash: ctx.hash, limits: LIMITS })
  // A currency that was archived or deleted may still have a history.
  if (facts.accounts.length === 0 && findCurrency(catalog, currency) === null) {
    return refuse({ code: 'currency_unknown', currency })
  }
  return ok({ explanation: explain(facts, now), revision: customer.revision })
}
