import { isAnonymousId } from '../../core/customers/app-user-id.ts'
import { byLockOrder, type Customer, isSameCustomer } from '../../core/customers/customer.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Project } from '../../core/projects/project.ts'
import { decideOwnership } from '../../core/purchases/decide-ownership.ts'
import { givesAccess, type Purchase } from '../../core/purchases/purchase.ts'
import { mergeCustomers } from '../customers/merge-customers.ts'
import { openCustomer } from '../customers/open-customer.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, StoreClaim, StoreClaimKey, Tx } from '../ports.ts'

/** The purchase belongs to another customer and may not move. */
export type OwnershipRefusal = { code: 'receipt_in_use' }

type Claimed = { customer: Customer; purchase: Purchase }

/**
 * Settles whose a purchase is when its token is posted: null when nobody has it yet; else the poster has it afterwards,
 * by being its owner already, by becoming one customer with an anonymous owner, or by a transfer. Units stay with the
 * customer who got them. REST API v1, transfer behaviour.
 */
export async function claimPurchase(
  tx: Tx,
  ctx: Ctx,
  project: Project,
  key: StoreClaimKey,
  appUserId: string,
): Promise<Result<Claimed | null, OwnershipRefusal>> {
  const claim = await tx.purchases.findClaim(key)
  if (claim === null) return ok(null)
  const { poster, owner } = await lockParties(tx, ctx, key, claim, appUserId)
  const purchase = await tx.purchases.get(owner, claim.purchaseId)
  if (purchase === null) throw new Error('broken invariant: a claim names an existing purchase')
  if (isSameCustomer(poster, owner)) return ok({ customer: poster, purchase })
  return takeOver(tx, ctx, project, { poster, owner, purchase })
}

async function lockParties(
  tx: Tx,
  ctx: Ctx,
  key: StoreClaimKey,
  claim: StoreClaim,
  appUserId: string,
): Promise<{ poster: Customer; owner: Customer }> {
  const found = await tx.customers.findByAppUserId(key.projectId, appUserId)
  const refs = found === null ? [claim.owner] : [claim.owner, found]
  await tx.customers.lock([...refs].sort(byLockOrder))
  const { customer: poster } = await openCustomer(tx, ctx, key.projectId, appUserId)
  const again = await tx.purchases.findClaim(key)
  const [owner] = await tx.customers.lock([claim.owner])
  if (again === null || owner === undefined || !isSameCustomer(again.owner, owner)) {
    throw new ConflictError('a purchase changed hands while its receipt was posted')
  }
  return { poster, owner }
}

async function takeOver(
  tx: Tx,
  ctx: Ctx,
  project: Project,
  { poster, owner, purchase }: { poster: Customer; owner: Customer; purchase: Purchase },
): Promise<Result<Claimed, OwnershipRefusal>> {
  const ownerAliases = await tx.customers.aliases(owner)
  const plan = decideOwnership({
    ownerIsAnonymous: ownerAliases.every((alias) => isAnonymousId(alias.appUserId)),
    isActiveSubscription: purchase.type === 'subscription' && givesAccess(purchase, ctx.clock.now()),
    behavior: project.restoreBehavior,
  })
  if (plan === 'refuse') return refuse({ code: 'receipt_in_use' })
  if (plan === 'alias') return ok({ customer: await mergeCustomers(tx, ctx, poster, owner), purchase })
  return ok({ customer: await transfer(tx, ctx, { poster, owner, purchase }), purchase })
}

/** Moves one purchase. The event goes to the receiver alone; the giver's app only learns that access changed. */
async function transfer(
  tx: Tx,
  ctx: Ctx,
  { poster, owner, purchase }: { poster: Customer; owner: Customer; purchase: Purchase },
): Promise<Customer> {
  const now = ctx.clock.now()
  await tx.purchases.move(purchase, owner, poster)
  const namesOf = async (customer: Customer) => (await tx.customers.aliases(customer)).map((alias) => alias.appUserId)
  const data = {
    purchaseId: purchase.purchaseId,
    store: purchase.store,
    environment: purchase.environment,
    transferredFrom: await namesOf(owner),
    transferredTo: await namesOf(poster),
  }
  await recordChange(tx, owner, { kinds: ['entitlements'], cause: 'transfer', events: [], now })
  return recordChange(tx, poster, {
    kinds: ['entitlements'],
    cause: 'transfer',
    events: [{ type: 'TRANSFER', data }],
    now,
  })
}
