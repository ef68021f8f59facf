import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Customer } from '../../core/customers/customer.ts'
import type { DomainEvent } from '../../core/events/event.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'
import { snapshotOf, withoutRenewal } from '../../core/purchases/stored-snapshot.ts'
import type { Ctx, Tx } from '../ports.ts'
import { savePurchase } from './save-purchase.ts'

/**
 * Real stores never run two renewing subscriptions to one product for one buyer; the Test Store has nobody else to see
 * to it. Buying a subscription again therefore switches off the renewal of the earlier one, which keeps what is paid.
 */
export async function stopEarlierRenewals(
  tx: Tx,
  ctx: Ctx,
  customer: Customer,
  snapshot: PurchaseSnapshot,
  catalog: Catalog,
): Promise<DomainEvent[]> {
  if (snapshot.store !== 'test_store' || snapshot.type !== 'subscription') return []
  const productId = snapshot.transactions.at(-1)?.productId
  const events: DomainEvent[] = []
  for (const purchase of await tx.purchases.ofCustomer(customer)) {
    if (purchase.store !== 'test_store' || purchase.productId !== productId || !purchase.autoRenews) continue
    const transactions = await tx.purchases.transactions(customer, purchase.purchaseId)
    const now = ctx.clock.now()
    const saved = await savePurchase(tx, ctx, customer, {
      current: purchase,
      stored: transactions,
      timeline: [withoutRenewal(snapshotOf(purchase, transactions, now), now)],
      catalog,
      presentedOffering: purchase.presentedOffering,
    })
    events.push(...saved.events)
  }
  return events
}
