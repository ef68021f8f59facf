import type { Catalog } from '../../core/catalog/catalog.ts'
import { isAnonymousId } from '../../core/customers/app-user-id.ts'
import { byLockOrder, type Customer, isSameCustomer } from '../../core/customers/customer.ts'
import type { DomainEvent } from '../../core/events/event.ts'
import type { PurchaseRedeemedData, RedemptionOutcome } from '../../core/events/purchase-redeemed-data.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { App, Project } from '../../core/projects/project.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import { lockSurvivor } from '../customers/lock-survivor.ts'
import { mergeCustomers } from '../customers/merge-customers.ts'
import { openCustomer } from '../customers/open-customer.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Redemption } from '../ports/redemptions.ts'
import type { Ctx, Tx } from '../ports.ts'
import { planTakeOver, takeOver } from './take-over.ts'

export type RedeemInput = {
  project: Project
  app: App
  appUserId: string
  tokenHash: string
  /** `X-Platform` in small letters. */
  platform: string | null
}

export type RedeemRefusal =
  | { code: 'redemption_invalid' }
  /** `email` is that of the one who bought; null when it is not known. */
  | { code: 'redemption_expired'; email: string | null }
  /** Somebody else has redeemed it, or the rules leave the purchase with the one who bought it. */
  | { code: 'redemption_not_yours' }

type Sides = { redeemer: Customer; owner: Customer; purchases: Purchase[] }

/**
 * Gives the purchases of a link to whoever followed it. A link works once and for an hour; the one who has used it may
 * use it again, for their app may not have got the answer. When nobody has logged in to one of the two customers they
 * become one, else the rules of the project decide. REST API v1, redeem_purchase.
 */
export async function redeemPurchase(ctx: Ctx, input: RedeemInput): Promise<Result<Customer, RedeemRefusal>> {
  const { projectId } = input.project
  const catalog = await ctx.read.catalog.ofProject(projectId)
  return ctx.transaction<Customer, RedeemRefusal>(async (tx) => {
    const link = await tx.redemptions.find(projectId, input.tokenHash)
    if (link === null) return refuse({ code: 'redemption_invalid' })
    const { redeemer, owner } = await lockSides(tx, ctx, input, link)
    const now = ctx.clock.now()
    const current = await tx.redemptions.find(projectId, input.tokenHash)
    if (current === null) throw new ConflictError('a link was deleted while it was used')
    if (current.redeemedBy !== null) return answerAgain(tx, redeemer, current.redeemedBy)
    if (now >= current.expiresAt) {
      const email = (await tx.customers.attributes(owner)).get('$email')?.value ?? null
      return refuse({ code: 'redemption_expired', email })
    }
    const purchases = (await tx.purchases.ofCustomer(owner)).filter(({ purchaseId }) =>
      current.purchaseIds.includes(purchaseId),
    )
    await tx.redemptions.markRedeemed(projectId, input.tokenHash, { appUserId: input.appUserId, now })
    return giveTo(tx, ctx, input, { redeemer, owner, purchases }, catalog)
  })
}

async function lockSides(
  tx: Tx,
  ctx: Ctx,
  { project: { projectId }, appUserId }: RedeemInput,
  link: Redemption,
): Promise<{ redeemer: Customer; owner: Customer }> {
  const found = await tx.customers.findByAppUserId(projectId, appUserId)
  const refs = found === null ? [link.owner] : [link.owner, found]
  await tx.customers.lock([...refs].sort(byLockOrder))
  const { customer: redeemer } = await openCustomer(tx, ctx, projectId, appUserId)
  const owner = await lockSurvivor(tx, link.owner)
  if (owner === null) throw new ConflictError('the customer of a link was deleted while it was used')
  return { redeemer, owner }
}

/** The link was used before: the one who did so has the purchases already. */
async function answerAgain(tx: Tx, redeemer: Customer, usedBy: string): Promise<Result<Customer, RedeemRefusal>> {
  const names = await tx.customers.aliases(redeemer)
  const isSame = names.some((alias) => alias.appUserId === usedBy)
  return isSame ? ok(redeemer) : refuse({ code: 'redemption_not_yours' })
}

async function giveTo(
  tx: Tx,
  ctx: Ctx,
  input: RedeemInput,
  sides: Sides,
  catalog: Catalog,
): Promise<Result<Customer, RedeemRefusal>> {
  const { redeemer, owner, purchases } = sides
  // They went elsewhere since the link was made.
  if (purchases.length === 0) return refuse({ code: 'redemption_not_yours' })
  const { appUserId, project, app } = input
  const claimant = { by: 'redeemer' as const, appUserId, appId: app.appId }
  const events = async (outcome: RedemptionOutcome) => [await redeemedEvent(tx, input, sides, catalog, outcome)]
  if (isSameCustomer(redeemer, owner)) {
    const change = {
      kinds: ['entitlements' as const],
      cause: 'transfer' as const,
      events: await events('redeemer_owns'),
      now: ctx.clock.now(),
    }
    return ok(await recordChange(tx, redeemer, change))
  }
  if (await isAnonymous(tx, redeemer)) {
    const reason = { cause: 'redeemed' as const, appUserId, appId: app.appId, rule: null }
    return ok(await mergeCustomers(tx, ctx, redeemer, owner, reason, await events('alias')))
  }
  const parties = { poster: redeemer, owner, purchases }
  const { plan } = await planTakeOver(tx, ctx, project, parties, claimant)
  if (plan === 'refuse') return refuse({ code: 'redemption_not_yours' })
  const taken = await takeOver(tx, ctx, project, parties, claimant, await events(plan))
  return taken.ok ? taken : refuse({ code: 'redemption_not_yours' })
}

async function isAnonymous(tx: Tx, customer: Customer): Promise<boolean> {
  return (await tx.customers.aliases(customer)).every((alias) => isAnonymousId(alias.appUserId))
}

/** Names the latest of the purchases, which is the one that the link was sent for. */
async function redeemedEvent(
  tx: Tx,
  { app, platform }: RedeemInput,
  { redeemer, owner, purchases }: Sides,
  catalog: Catalog,
  outcome: RedemptionOutcome,
): Promise<DomainEvent> {
  const purchase = purchases.reduce((latest, next) => (next.purchasedAt >= latest.purchasedAt ? next : latest))
  const namesOf = async (customer: Customer) => (await tx.customers.aliases(customer)).map((alias) => alias.appUserId)
  const data: PurchaseRedeemedData = {
    purchaseId: purchase.purchaseId,
    appId: purchase.appId,
    redeemingAppId: app.appId,
    store: purchase.store,
    environment: purchase.environment,
    productId: purchase.productId,
    entitlements: catalog.products.get(purchase.productId)?.entitlements ?? [],
    redeemedFrom: await namesOf(owner),
    redeemedBy: await namesOf(redeemer),
    outcome,
    platform,
  }
  return { type: 'PURCHASE_REDEEMED', data }
}
