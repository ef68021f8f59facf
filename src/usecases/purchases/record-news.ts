import type { Catalog } from '../../core/catalog/catalog.ts'
import type { CustomerRef } from '../../core/customers/customer.ts'
import { ok } from '../../core/lib/result.ts'
import { haveSameFacts } from '../../core/lib/same-facts.ts'
import { isSameForCustomer } from '../../core/purchases/purchase.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, PurchaseChain } from '../ports.ts'
import { savePurchase } from './save-purchase.ts'

/** `unchanged`: nothing is new. `overtaken`: the purchase is another's, or another form of it, since the store was asked. */
export type NewsOutcome = 'changed' | 'unchanged' | 'overtaken'

export type News = {
  ref: CustomerRef
  /** The purchase in the form in which the store was asked about it. */
  asked: PurchaseChain
  catalog: Catalog
  timeline: readonly PurchaseSnapshot[]
  /** Whether the answer was made from `asked`, and so is worth nothing once that changed. */
  isOfRow: boolean
}

/** Records what a store said of a purchase that is known, in one transaction; what was already seen changes nothing. */
export async function recordNews(ctx: Ctx, { ref, asked, catalog, timeline, isOfRow }: News): Promise<NewsOutcome> {
  const { purchaseId } = asked.purchase
  const done = await ctx.transaction(async (tx) => {
    const [customer] = await tx.customers.lock([ref])
    const current = customer === undefined ? null : await tx.purchases.get(customer, purchaseId)
    if (customer === undefined || current === null) return ok('overtaken' as const)
    // Any difference counts: an answer made from a purchase that renews must not be applied to one that was stopped.
    if (isOfRow && !haveSameFacts(current, asked.purchase)) return ok('overtaken' as const)
    const stored = await tx.purchases.transactions(customer, purchaseId)
    const { presentedOffering } = current
    const saved = await savePurchase(tx, ctx, customer, { current, stored, timeline, catalog, presentedOffering })
    if (saved.events.length === 0 && isSameForCustomer(saved.purchase, current)) return ok('unchanged' as const)
    await recordChange(tx, customer, { ...saved, now: ctx.clock.now() })
    return ok('changed' as const)
  })
  return done.ok ? done.value : 'overtaken'
}
