import { parseAppUserId } from '../../core/customers/app-user-id.ts'
import { AppUserIdBlocked } from '../../core/customers/app-user-id-blocked.ts'
import type { Customer } from '../../core/customers/customer.ts'
import type { ChainKey } from '../../core/incoming/envelope.ts'
import type { ToldOwner } from '../../core/incoming/told-owner.ts'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { ok } from '../../core/lib/result.ts'
import type { Project } from '../../core/projects/project.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import { openCustomer } from '../customers/open-customer.ts'
import type { Ctx, StoreClaimKey, Tx } from '../ports.ts'
import { claimPurchase } from '../purchases/claim-purchase.ts'
import { recordOwnership } from '../purchases/record-ownership.ts'
import { readChain } from './read-chain.ts'
import { saveTold } from './save-told.ts'
import { APPLIED } from './verdicts.ts'

/**
 * Brings one purchase to what all stored events of its chain say together, and marks the events. The claim on the chain is
 * the one that a receipt would make, so a purchase that the app posted as well is one and the same. All of it is one
 * transaction: an event is marked as applied if and only if what follows from it is saved.
 */
export async function settleChain(ctx: Ctx, projectId: string, key: ChainKey): Promise<void> {
  const [project, catalog] = await Promise.all([
    ctx.read.projects.get(projectId),
    ctx.read.catalog.ofProject(projectId),
  ])
  if (project === null) throw new Error('broken invariant: an event belongs to a project')
  await ctx.transaction<null, never>(async (tx) => {
    const now = ctx.clock.now()
    const { news, unusable, settled } = await readChain(tx, catalog, projectId, key)
    if (settled !== null) {
      const owned = await own(tx, ctx, { project, key, owner: settled.owner })
      await saveTold(tx, ctx, { ...owned, key, catalog, ...settled })
    }
    await Promise.all([
      ...news.map((event) => tx.incoming.settle(event, APPLIED, now)),
      ...unusable.map(({ event, verdict }) => tx.incoming.settle(event, verdict, now)),
    ])
    return ok(null)
  })
}

type Owned = { customer: Customer; current: Purchase | null; purchaseId: string; isNewName: boolean }

/** Finds or makes the customer that owns the chain, and gives the chain to them: RevenueCat has decided whose it is. */
async function own(
  tx: Tx,
  ctx: Ctx,
  { project, key, owner }: { project: Project; key: ChainKey; owner: ToldOwner },
): Promise<Owned> {
  const { projectId } = project
  const names = [owner.appUserId, ...owner.names].flatMap((name) => {
    const parsed = parseAppUserId(name)
    return parsed.ok ? [parsed.value] : []
  })
  const [appUserId] = names
  if (appUserId === undefined) throw new Error('a transfer names no customer that could have purchases')
  await joinKnown(tx, ctx, projectId, appUserId, names)
  const claimKey: StoreClaimKey = {
    projectId,
    store: key.store,
    environment: key.environment,
    storePurchaseId: key.chainId,
  }
  const claimed = await claimPurchase(tx, ctx, project, claimKey, { by: 'revenuecat', appUserId })
  if (!claimed.ok) throw new Error('broken invariant: a transfer is never refused')
  if (claimed.value !== null) {
    const { customer, purchase } = claimed.value
    const isNewName = await addNames(tx, ctx, customer, names)
    return { customer, current: purchase, purchaseId: purchase.purchaseId, isNewName }
  }
  const { customer } = await openCustomer(tx, ctx, projectId, appUserId)
  const purchaseId = ctx.ids.next('purchase')
  if (!(await tx.purchases.insertClaim(claimKey, { owner: customer, purchaseId }))) {
    throw new ConflictError('the same purchase was recorded by a parallel request')
  }
  const reason = { cause: 'told' as const, appUserId, appId: null, rule: null }
  await recordOwnership(tx, ctx, purchaseId, { owner: customer, from: null, reason })
  return { customer, current: null, purchaseId, isNewName: await addNames(tx, ctx, customer, names) }
}

/** A name that is new here belongs to the customer who is known by another of the names, if there is one. */
async function joinKnown(
  tx: Tx,
  ctx: Ctx,
  projectId: string,
  appUserId: string,
  names: readonly string[],
): Promise<void> {
  if ((await tx.customers.findByAppUserId(projectId, appUserId)) !== null) return
  for (const name of names) {
    const known = await tx.customers.lockByAppUserId(projectId, name)
    if (known === null) continue
    await tx.customers.claimAppUserId(known, appUserId, ctx.clock.now())
    return
  }
}

/** Makes the names that nobody has yet names of a customer; those of somebody else stay theirs, blocked ones nobody's. */
async function addNames(tx: Tx, ctx: Ctx, customer: Customer, names: readonly string[]): Promise<boolean> {
  const now = ctx.clock.now()
  const added = await Promise.all(
    names.map((name) => tx.customers.claimAppUserId(customer, name, now).catch(falseIfBlocked)),
  )
  return added.includes(true)
}

function falseIfBlocked(error: unknown): false {
  if (error instanceof AppUserIdBlocked) return false
  throw error
}
