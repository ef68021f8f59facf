import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { App, Project } from '../../core/projects/project.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'
import { openCustomer } from '../customers/open-customer.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, StoreAdapter, StoreClaimKey, StoreRefusal, Tx } from '../ports.ts'
import { claimPurchase, type OwnershipRefusal } from './claim-purchase.ts'
import { savePurchase } from './save-purchase.ts'
import { stopEarlierRenewals } from './stop-earlier-renewals.ts'

export type ReceiptInput = {
  project: Project
  app: App
  appUserId: string
  fetchToken: string
  storeProductId: string | null
  presentedOffering: string | null
}

export type ReceiptRefusal = StoreRefusal | OwnershipRefusal | { code: 'store_unsupported'; store: string }

export type PostedReceipt = { customer: Customer; purchase: Purchase; catalog: Catalog }

/**
 * Records a purchase that an app made. The same token again is the same purchase: nothing is charged or granted twice,
 * but it may change hands. The store is asked first and outside the transaction; then claim, purchase, entitlement,
 * units and events are one transaction. REST API v1, POST /receipts.
 */
export async function postReceipt(ctx: Ctx, input: ReceiptInput): Promise<Result<PostedReceipt, ReceiptRefusal>> {
  const adapter = ctx.stores(input.app.store)
  if (adapter === null) return refuse({ code: 'store_unsupported', store: input.app.store })
  const chain = adapter.chainOf(input.fetchToken)
  if (!chain.ok) return chain
  const key: StoreClaimKey = { projectId: input.project.projectId, store: input.app.store, ...chain.value }
  const catalog = await ctx.read.catalog.ofProject(input.project.projectId)
  const isKnown = (await ctx.read.purchases.findClaim(key)) !== null
  const verified = isKnown ? null : await verify(ctx, adapter, input, catalog)
  if (verified?.ok === false) return verified
  return ctx.transaction(async (tx) => {
    const claimed = await claimPurchase(tx, ctx, input.project, key, input.appUserId)
    if (!claimed.ok) return claimed
    if (claimed.value !== null) return ok({ ...claimed.value, catalog })
    if (verified === null) throw new ConflictError('the purchase was deleted while its receipt was posted again')
    return ok({ ...(await recordNew(tx, ctx, { input, key, catalog, snapshot: verified.value })), catalog })
  })
}

async function verify(
  ctx: Ctx,
  adapter: StoreAdapter,
  input: ReceiptInput,
  catalog: Catalog,
): Promise<Result<PurchaseSnapshot, StoreRefusal>> {
  const customer = await ctx.read.customers.findByAppUserId(input.project.projectId, input.appUserId)
  const bought = customer === null ? [] : await ctx.read.purchases.ofCustomer(customer)
  return adapter.verify({
    app: input.app,
    project: input.project,
    catalog,
    fetchToken: input.fetchToken,
    storeProductId: input.storeProductId,
    boughtProductIds: new Set(bought.map((purchase) => purchase.productId)),
    now: ctx.clock.now(),
  })
}

async function recordNew(
  tx: Tx,
  ctx: Ctx,
  {
    input,
    key,
    catalog,
    snapshot,
  }: { input: ReceiptInput; key: StoreClaimKey; catalog: Catalog; snapshot: PurchaseSnapshot },
): Promise<{ customer: Customer; purchase: Purchase }> {
  const { customer } = await openCustomer(tx, ctx, key.projectId, input.appUserId)
  const purchaseId = ctx.ids.next('purchase')
  if (!(await tx.purchases.insertClaim(key, { owner: customer, purchaseId }))) {
    throw new ConflictError('the same receipt was recorded by a parallel request')
  }
  const stopped = await stopEarlierRenewals(tx, ctx, customer, snapshot, catalog)
  const saved = await savePurchase(tx, ctx, customer, {
    current: null,
    snapshot,
    catalog,
    purchaseId,
    presentedOffering: input.presentedOffering,
  })
  const now = ctx.clock.now()
  const changed = await recordChange(
    tx,
    { ...customer, lastSeenAt: now },
    {
      kinds: saved.kinds,
      cause: saved.cause,
      currencies: saved.currencies,
      events: [...stopped, ...saved.events],
      now,
    },
  )
  return { customer: changed, purchase: saved.purchase }
}
