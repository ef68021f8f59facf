import { ok } from '../../src/core/lib/result.ts'
import type { Refund } from '../../src/core/purchases/purchase.ts'
import type { PurchaseSnapshot } from '../../src/core/purchases/snapshot.ts'
import { snapshotOf } from '../../src/core/purchases/stored-snapshot.ts'
import type { Ctx, StoreAdapter } from '../../src/usecases/ports.ts'
import { refreshPurchase } from '../../src/usecases/purchases/refresh-purchase.ts'

/** All of the latest charge, with access. */
export const refundAt = (at: number): Refund => ({ at, micros: null, endsAccess: true })

/** Has the store say something else about a purchase of a customer, such as that it was refunded. */
export async function letStoreSay(
  ctx: Ctx,
  { projectId, appUserId, purchaseId }: { projectId: string; appUserId: string; purchaseId: string },
  { refund, ...facts }: Partial<PurchaseSnapshot> & { refund?: Refund | null },
): Promise<void> {
  const ref = await ctx.read.customers.findByAppUserId(projectId, appUserId)
  if (ref === null) throw new Error(`${appUserId} is unknown`)
  const refresh: StoreAdapter['refresh'] = async ({ purchase, transactions, now }) => {
    const said = { ...snapshotOf(purchase, transactions, now), ...facts }
    return ok([refund === undefined ? said : withRefund(said, refund)])
  }
  const stores: Ctx['stores'] = (store) => {
    const adapter = ctx.stores(store)
    return adapter && { ...adapter, refresh }
  }
  const outcome = await refreshPurchase({ ...ctx, stores }, { ref, purchaseId })
  if (outcome !== 'changed') throw new Error(`the store's word was ${outcome}`)
}

/** A store's word in which the latest charge was given back, or was not. What is given back does not renew. */
export function withRefund(said: PurchaseSnapshot, refund: Refund | null): PurchaseSnapshot {
  const latest = said.transactions.at(-1)
  if (latest === undefined) throw new Error('a snapshot has a charge')
  const transactions = said.transactions.with(-1, { ...latest, refund })
  return { ...said, transactions, autoRenews: said.autoRenews && !refund?.endsAccess }
}
