import { ok } from '../../src/core/lib/result.ts'
import type { PurchaseSnapshot } from '../../src/core/purchases/snapshot.ts'
import { snapshotOf } from '../../src/core/purchases/stored-snapshot.ts'
import type { Ctx, StoreAdapter } from '../../src/usecases/ports.ts'
import { refreshPurchase } from '../../src/usecases/purchases/refresh-purchase.ts'

/** Has the store say something else about a purchase of a customer, such as that it was refunded. */
export async function letStoreSay(
  ctx: Ctx,
  { projectId, appUserId, purchaseId }: { projectId: string; appUserId: string; purchaseId: string },
  facts: Partial<PurchaseSnapshot>,
): Promise<void> {
  const ref = await ctx.read.customers.findByAppUserId(projectId, appUserId)
  if (ref === null) throw new Error(`${appUserId} is unknown`)
  const refresh: StoreAdapter['refresh'] = async ({ purchase, transactions }) =>
    ok({ ...snapshotOf(purchase, transactions), ...facts })
  const stores: Ctx['stores'] = (store) => {
    const adapter = ctx.stores(store)
    return adapter && { ...adapter, refresh }
  }
  const outcome = await refreshPurchase({ ...ctx, stores }, { ref, purchaseId })
  if (outcome !== 'changed') throw new Error(`the store's word was ${outcome}`)
}
