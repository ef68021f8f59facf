import { byLockOrder, type Customer, isSameCustomer } from '../../core/customers/customer.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { ok, type Result } from '../../core/lib/result.ts'
import type { Project } from '../../core/projects/project.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import { openCustomer } from '../customers/open-customer.ts'
import type { Ctx, StoreClaim, StoreClaimKey, Tx } from '../ports.ts'
import { type Claimant, type OwnershipRefusal, takeOver } from './take-over.ts'

type Claimed = { customer: Customer; purchase: Purchase }

/**
 * Settles whose a purchase is when somebody claims it: null when nobody has it yet; else the claimant has it afterwards,
 * by being its owner already, by becoming one customer with an anonymous owner, or by a transfer. What a store tells of a
 * purchase leaves it with whoever has it. REST API v1, transfer behaviour.
 */
export async function claimPurchase(
  tx: Tx,
  ctx: Ctx,
  project: Project,
  key: StoreClaimKey,
  claimant: Claimant,
): Promise<Result<Claimed | null, OwnershipRefusal>> {
  const claim = await tx.purchases.findClaim(key)
  if (claim === null) return ok(null)
  const { poster, owner } = await lockParties(tx, ctx, key, claim, claimant)
  const purchase = await tx.purchases.get(owner, claim.purchaseId)
  if (purchase === null) throw new Error('broken invariant: a claim names an existing purchase')
  if (poster === null || isSameCustomer(poster, owner)) return ok({ customer: owner, purchase })
  const taken = await takeOver(tx, ctx, project, { poster, owner, purchases: [purchase] }, claimant)
  return taken.ok ? ok({ customer: taken.value, purchase }) : taken
}

/** The poster is null where nobody can take the purchase over. */
async function lockParties(
  tx: Tx,
  ctx: Ctx,
  key: StoreClaimKey,
  claim: StoreClaim,
  { by, appUserId }: Claimant,
): Promise<{ poster: Customer | null; owner: Customer }> {
  const found = by === 'store' ? null : await tx.customers.findByAppUserId(key.projectId, appUserId)
  const refs = found === null ? [claim.owner] : [claim.owner, found]
  await tx.customers.lock([...refs].sort(byLockOrder))
  const opened = by === 'store' ? null : await openCustomer(tx, ctx, key.projectId, appUserId)
  const again = await tx.purchases.findClaim(key)
  const [owner] = await tx.customers.lock([claim.owner])
  if (again === null || owner === undefined || !isSameCustomer(again.owner, owner)) {
    throw new ConflictError('a purchase changed hands while its receipt was posted')
  }
  return { poster: opened?.customer ?? null, owner }
}
