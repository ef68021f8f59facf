import type { Customer } from '../../core/customers/customer.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import type { Ctx, StoreAdapter } from '../ports.ts'
import { refreshPurchase } from './refresh-purchase.ts'

/** Overdue purchases of a customer that are looked after here; more of them are a test of something else. */
const CAUGHT_UP_MAX = 20

/**
 * What a customer has bought, as it is by now. Other stores know by themselves what has ended or was charged when somebody
 * buys again; a store that is made of rows knows it once it was asked, and the worker may be late.
 */
export async function catchUp(ctx: Ctx, adapter: StoreAdapter, customer: Customer): Promise<Purchase[]> {
  const purchases = await ctx.read.purchases.ofCustomer(customer)
  if (!adapter.isMadeOfRows) return purchases
  const now = ctx.clock.now()
  const isOverdue = ({ store, dueAt }: Purchase) => ctx.stores(store)?.isMadeOfRows && dueAt !== null && dueAt <= now
  const overdue = purchases.filter(isOverdue).slice(0, CAUGHT_UP_MAX)
  for (const { purchaseId } of overdue) await refreshPurchase(ctx, { ref: customer, purchaseId })
  return overdue.length === 0 ? purchases : ctx.read.purchases.ofCustomer(customer)
}
