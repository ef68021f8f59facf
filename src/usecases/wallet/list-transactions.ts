import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx, HistoryEntry, HistoryPage } from '../ports.ts'

export type TransactionList = { entries: HistoryEntry[]; hasMore: boolean; revision: number }

/** A page of the ledger of the customer behind an app user id, the newest first. */
export async function listTransactions(
  ctx: Ctx,
  { projectId, appUserId, ...page }: HistoryPage & { projectId: string; appUserId: string },
): Promise<Result<TransactionList, { code: 'customer_not_found' }>> {
  const customer = await ctx.read.customers.findByAppUserId(projectId, appUserId)
  if (customer === null) return refuse({ code: 'customer_not_found' })
  // One more than is shown, to know whether there is another page.
  const entries = await ctx.read.wallet.history(customer, { ...page, limit: page.limit + 1 })
  const hasMore = entries.length > page.limit
  return ok({ entries: entries.slice(0, page.limit), hasMore, revision: customer.revision })
}
