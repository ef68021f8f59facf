import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Customer } from '../../core/customers/customer.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { App, Project } from '../../core/projects/project.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import type { ReceiptFacts } from '../../core/purchases/receipt-facts.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'
import { withFormer } from '../../core/purchases/with-former.ts'
import { countVisit } from '../customers/count-visit.ts'
import { openCustomer } from '../customers/open-customer.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, StoreAdapter, StoreClaimKey, StoreRefusal, Tx } from '../ports.ts'
import { catchUp } from './catch-up.ts'
import { claimPurchase } from './claim-purchase.ts'
import { type OwnershipReason, recordOwnership } from './record-ownership.ts'
import { refreshPurchase } from './refresh-purchase.ts'
import { savePurchase } from './save-purchase.ts'
import { stopEarlierRenewals } from './stop-earlier-renewals.ts'
import type { Claimant, OwnershipRefusal } from './take-over.ts'

export type ReceiptInput = {
  project: Project
  app: App
  appUserId: string
  fetchToken: string
  storeProductId: string | null
  presentedOffering: string | null
  /** False for history that is brought along: nobody outside is told of it. */
  createsEvents?: boolean
  /** False when no device was there: the customer was not seen. */
  countsAsVisit?: boolean
  /** Whether the app restores what was bought before; else it posts what was just bought. */
  isRestore?: boolean
  /** What the app told beside the receipt. What is told first of a purchase stays. */
  facts?: ReceiptFacts
}

export type ReceiptRefusal = StoreRefusal | OwnershipRefusal | { code: 'store_unsupported'; store: string }

export type PostedReceipt = { customer: Customer; purchase: Purchase; catalog: Catalog }

/** Times that a receipt is looked at anew because the customer bought something else meanwhile. */
const TRIES_MAX = 5

/**
 * Records a purchase that an app made. The same token again is the same purchase: nothing is charged or granted twice,
 * but it may change hands, and the store is asked what has become of it. The store is asked first and outside the
 * transaction; then claim, purchase, entitlement, units and events are one transaction. REST API v1, POST /receipts.
 */
export async function postReceipt(ctx: Ctx, input: ReceiptInput): Promise<Result<PostedReceipt, ReceiptRefusal>> {
  const adapter = ctx.stores(input.app.store)
  if (adapter === null) return refuse({ code: 'store_unsupported', store: input.app.store })
  const chain = adapter.chainOf(input.fetchToken)
  if (!chain.ok) return chain
  const key: StoreClaimKey = { projectId: input.project.projectId, store: input.app.store, ...chain.value }
  const catalog = await ctx.read.catalog.ofProject(input.project.projectId)
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const known = await ctx.read.purchases.findClaim(key)
    // A store that gives no answer does not undo what is known.
    if (known !== null) await refreshPurchase(ctx, { ref: known.owner, purchaseId: known.purchaseId })
    const verified = known === null ? await verify(ctx, adapter, input, catalog) : null
    if (verified?.ok === false) return verified
    const posted = await record(ctx, { input, key, catalog, verified: verified?.value ?? null })
    if (posted.ok || posted.refusal.code !== 'overtaken') return posted as Result<PostedReceipt, ReceiptRefusal>
  }
  return refuse({ code: 'store_unavailable', problem: 'the customer bought something again and again meanwhile' })
}

type Verified = { snapshot: PurchaseSnapshot; boughtProductIds: ReadonlySet<string> }
type Posting = { input: ReceiptInput; key: StoreClaimKey; catalog: Catalog; verified: Verified | null }
type Overtaken = { code: 'overtaken' }

function record(
  ctx: Ctx,
  { verified, ...posting }: Posting,
): Promise<Result<PostedReceipt, OwnershipRefusal | Overtaken>> {
  const { input, key, catalog } = posting
  return ctx.transaction<PostedReceipt, OwnershipRefusal | Overtaken>(async (tx) => {
    const claimed = await claimPurchase(tx, ctx, input.project, key, claimantOf(input))
    if (!claimed.ok) return claimed
    const posted = claimed.value ?? (verified && (await recordNew(tx, ctx, { ...posting, verified })))
    if (posted === null) return refuse({ code: 'overtaken' })
    await keepFacts(tx, ctx, input, posted.purchase)
    // Who is new was seen when the purchase was recorded.
    const customer = claimed.value === null ? posted.customer : await seen(tx, ctx, posted.customer, input)
    return ok({ ...posted, customer, catalog })
  })
}

async function keepFacts(
  tx: Tx,
  ctx: Ctx,
  { project, facts = {} }: ReceiptInput,
  { purchaseId }: Purchase,
): Promise<void> {
  if (Object.keys(facts).length === 0) return
  await tx.receiptFacts.keep({ projectId: project.projectId, purchaseId }, facts, ctx.clock.now())
}

function claimantOf({ appUserId, app: { appId }, isRestore = false }: ReceiptInput): Claimant {
  return { by: 'app', appUserId, appId, isRestore }
}

async function verify(
  ctx: Ctx,
  adapter: StoreAdapter,
  input: ReceiptInput,
  catalog: Catalog,
): Promise<Result<Verified, StoreRefusal>> {
  const customer = await ctx.read.customers.findByAppUserId(input.project.projectId, input.appUserId)
  const bought = customer === null ? [] : await catchUp(ctx, adapter, customer)
  const boughtProductIds = new Set(bought.flatMap(withFormer).map((purchase) => purchase.productId))
  const { app, project, fetchToken, storeProductId } = input
  const now = ctx.clock.now()
  const said = await adapter.verify({ app, project, catalog, fetchToken, storeProductId, boughtProductIds, now })
  return said.ok ? ok({ snapshot: said.value, boughtProductIds }) : said
}

/** Null when a trial was given for want of an earlier purchase that exists by now. */
async function recordNew(
  tx: Tx,
  ctx: Ctx,
  { input, key, catalog, verified: { snapshot, boughtProductIds } }: Posting & { verified: Verified },
): Promise<{ customer: Customer; purchase: Purchase } | null> {
  const { customer } = await openCustomer(tx, ctx, key.projectId, input.appUserId)
  if (await isTrialOvertaken(tx, customer, snapshot, boughtProductIds)) return null
  const purchaseId = ctx.ids.next('purchase')
  if (!(await tx.purchases.insertClaim(key, { owner: customer, purchaseId }))) {
    throw new ConflictError('the same receipt was recorded by a parallel request')
  }
  await recordOwnership(tx, ctx, purchaseId, { owner: customer, from: null, reason: reasonOf(input) })
  const stopped = await stopEarlierRenewals(tx, ctx, customer, snapshot, catalog)
  const { presentedOffering } = input
  const chain = { current: null, stored: [], timeline: [snapshot], catalog, purchaseId, presentedOffering }
  const saved = await savePurchase(tx, ctx, customer, chain)
  const now = ctx.clock.now()
  const visitor = await seen(tx, ctx, customer, input)
  // What happens to an earlier purchase is no history.
  const events = input.createsEvents === false ? stopped : [...stopped, ...saved.events]
  const { kinds, cause, currencies, purchase } = saved
  return { customer: await recordChange(tx, visitor, { kinds, cause, currencies, events, now }), purchase }
}

async function isTrialOvertaken(
  tx: Tx,
  customer: Customer,
  { transactions }: PurchaseSnapshot,
  boughtProductIds: ReadonlySet<string>,
): Promise<boolean> {
  if (transactions.at(-1)?.periodType !== 'trial') return false
  const bought = await tx.purchases.ofCustomer(customer)
  return bought.some((purchase) => !boughtProductIds.has(purchase.productId))
}

function seen(tx: Tx, ctx: Ctx, customer: Customer, input: ReceiptInput): Customer | Promise<Customer> {
  return input.countsAsVisit === false ? customer : countVisit(tx, customer, input.appUserId, ctx.clock.now())
}

function reasonOf(input: ReceiptInput): OwnershipReason {
  const cause = input.countsAsVisit === false ? 'imported' : 'posted'
  return { cause, appUserId: input.appUserId, appId: input.app.appId, rule: null }
}
