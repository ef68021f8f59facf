import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import type { ActionRefusal, StoreAction, TesterAction } from '../ports/stores.ts'
import type { Ctx, PurchaseChain } from '../ports.ts'
import { recordNews } from './record-news.ts'
import { refreshPurchase } from './refresh-purchase.ts'

/** Which purchase of a customer an action is about. */
export type ActionTarget =
  /** The latest purchase of a product, by its identifier at the store (of Google Play without the base plan). */
  | { storeProductId: string }
  /** The purchase with this charge: any charge of its chain. */
  | { storeTransactionId: string }

export type StoreActionInput = {
  projectId: string
  appUserId: string
  target: ActionTarget
  action: StoreAction | TesterAction
}

export type StoreActionRefusal =
  | ActionRefusal
  | { code: 'customer_unknown' }
  /** The customer has no such purchase. */
  | { code: 'purchase_unknown' }

/** Times that an action is begun anew because the purchase changed meanwhile; each time somebody else got on. */
const TRIES_MAX = 5

/** Charges read to find the purchase of one: of the customer's latest purchases. */
const PURCHASES_SEARCHED_MAX = 100

/**
 * Has the store do something to a purchase, and records what the store says afterwards. The store is asked outside of the
 * transaction, and what it says is compared with what is stored, as for every other news of it.
 */
export async function performStoreAction(
  ctx: Ctx,
  input: StoreActionInput,
): Promise<Result<Customer, StoreActionRefusal>> {
  const { projectId, appUserId, target, action } = input
  const [project, catalog] = await Promise.all([
    ctx.read.projects.get(projectId),
    ctx.read.catalog.ofProject(projectId),
  ])
  if (project === null) throw new Error('broken invariant: a key opens an existing project')
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const ref = await ctx.read.customers.findByAppUserId(projectId, appUserId)
    if (ref === null) return refuse({ code: 'customer_unknown' })
    const chain = await findChain(ctx, ref, catalog, target)
    if (chain === null) return refuse({ code: 'purchase_unknown' })
    const adapter = ctx.stores(chain.purchase.store)
    if (adapter === null) return refuse({ code: 'action_unsupported', store: chain.purchase.store })
    const said = await adapter.perform({ project, catalog, ...chain, now: ctx.clock.now(), action })
    if (!said.ok) return said
    const news = { ref, asked: chain, catalog, timeline: said.value, isOfRow: adapter.isMadeOfRows }
    const isRecorded = (await recordNews(ctx, news)) !== 'overtaken'
    // A store that remembers has done it: whoever has the purchase now learns of it from the store.
    if (!isRecorded && adapter.isMadeOfRows) continue
    if (!isRecorded) await refreshPurchase(ctx, { ref, purchaseId: chain.purchase.purchaseId })
    return ok((await ctx.read.customers.findByAppUserId(projectId, appUserId)) ?? ref)
  }
  return refuse({ code: 'store_unavailable', problem: 'the purchase changed again and again meanwhile' })
}

async function findChain(
  ctx: Ctx,
  customer: Customer,
  catalog: Catalog,
  target: ActionTarget,
): Promise<PurchaseChain | null> {
  const latestFirst = (await ctx.read.purchases.ofCustomer(customer)).reverse().slice(0, PURCHASES_SEARCHED_MAX)
  if ('storeProductId' in target) {
    const isMeant = ({ productId }: Purchase) =>
      catalog.products.get(productId)?.storeProductId.split(':')[0] === target.storeProductId
    const purchase = latestFirst.find(isMeant)
    return purchase === undefined ? null : ctx.read.purchases.chain(customer, purchase.purchaseId)
  }
  const { storeTransactionId } = target
  const isLatest = (purchase: Purchase) => purchase.storeTransactionId === storeTransactionId
  for (const purchase of latestFirst.toSorted((one, other) => Number(isLatest(other)) - Number(isLatest(one)))) {
    const chain = await ctx.read.purchases.chain(customer, purchase.purchaseId)
    if (chain?.transactions.some((charge) => charge.storeTransactionId === storeTransactionId)) return chain
  }
  return null
}
