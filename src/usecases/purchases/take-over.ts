import { isAnonymousId } from '../../core/customers/app-user-id.ts'
import type { Customer, CustomerRef } from '../../core/customers/customer.ts'
import type { DomainEvent } from '../../core/events/event.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Project } from '../../core/projects/project.ts'
import { decideOwnership, type OwnershipPlan, type OwnershipRule } from '../../core/purchases/decide-ownership.ts'
import type { OwnershipCause } from '../../core/purchases/ownership-step.ts'
import { givesAccess, type Purchase } from '../../core/purchases/purchase.ts'
import { mergeCustomers } from '../customers/merge-customers.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, Reads, Tx } from '../ports.ts'
import { type OwnershipReason, recordOwnership } from './record-ownership.ts'

/** The purchase belongs to another customer and may not move. */
export type OwnershipRefusal = { code: 'receipt_in_use' }

/** On whose word somebody claims a purchase. */
export type Claimant =
  /** An app posted the receipt under an id. */
  | { by: 'app'; appUserId: string; appId: string; isRestore: boolean }
  /** Somebody followed the link of a purchase that was made on the web. */
  | { by: 'redeemer'; appUserId: string; appId: string | null }
  /** A hosted RevenueCat says whose it is: it has decided already. */
  | { by: 'revenuecat'; appUserId: string }
  /** A store tells of it and of the buyer's id. News from a store never moves a purchase. */
  | { by: 'store'; appUserId: string }

/** Two locked customers, and what the second has to give to the first. */
export type Parties = { poster: Customer; owner: Customer; purchases: readonly Purchase[] }

/**
 * Gives purchases of one customer to another, as the rules have it: by making both one customer, or by a transfer. Units
 * stay with the customer who got them. `alsoTold` is told of the receiver in the same change. REST API v1, transfer
 * behaviour.
 */
export async function takeOver(
  tx: Tx,
  ctx: Ctx,
  project: Project,
  parties: Parties,
  claimant: Claimant,
  alsoTold: readonly DomainEvent[] = [],
): Promise<Result<Customer, OwnershipRefusal>> {
  const { plan, rule } = await planTakeOver(tx, ctx, project, parties, claimant)
  if (plan === 'refuse') return refuse({ code: 'receipt_in_use' })
  const appId = 'appId' in claimant ? claimant.appId : null
  const reason = { cause: causeOf(plan, claimant), appUserId: claimant.appUserId, appId, rule }
  if (plan === 'alias') return ok(await mergeCustomers(tx, ctx, parties.poster, parties.owner, reason, alsoTold))
  return ok(await transfer(tx, ctx, parties, reason, alsoTold))
}

/** What would become of purchases that somebody claims. All of them move, or none. */
export async function planTakeOver(
  read: { customers: Pick<Reads['customers'], 'aliases'>; ownership: Pick<Reads['ownership'], 'restoreBehavior'> },
  ctx: Pick<Ctx, 'clock'>,
  project: Project,
  { owner, purchases }: { owner: CustomerRef; purchases: readonly Purchase[] },
  claimant: Pick<Claimant, 'by'> & { isRestore?: boolean },
): Promise<{ plan: OwnershipPlan; rule: OwnershipRule | null }> {
  const names = await read.customers.aliases(owner)
  const ownerIsAnonymous = names.every((alias) => isAnonymousId(alias.appUserId))
  if (claimant.by === 'revenuecat') return { plan: ownerIsAnonymous ? 'alias' : 'transfer', rule: null }
  const settings = {
    project: project.restoreBehavior,
    sandbox: project.sandboxRestoreBehavior ?? null,
    owner: await read.ownership.restoreBehavior(owner),
  }
  const now = ctx.clock.now()
  const decisions = purchases.map((purchase) =>
    decideOwnership({
      ownerIsAnonymous,
      isActiveSubscription: purchase.type === 'subscription' && givesAccess(purchase, now),
      environment: purchase.environment,
      // Whoever redeems wants back what they have paid for.
      isRestore: claimant.by === 'redeemer' || claimant.isRestore === true,
      settings,
    }),
  )
  const strictest = (plan: OwnershipPlan) => decisions.find((decision) => decision.plan === plan)
  const decision = strictest('refuse') ?? strictest('alias') ?? strictest('transfer')
  if (decision === undefined) throw new Error('broken invariant: somebody claims at least one purchase')
  return decision
}

function causeOf(plan: OwnershipPlan, { by }: Claimant): OwnershipCause {
  if (by === 'revenuecat') return 'told'
  if (by === 'redeemer') return 'redeemed'
  return plan === 'alias' ? 'aliased' : 'transferred'
}

/** Moves purchases. The event goes to the receiver alone; the giver's app only learns that access changed. */
async function transfer(
  tx: Tx,
  ctx: Ctx,
  { poster, owner, purchases }: Parties,
  reason: OwnershipReason,
  alsoTold: readonly DomainEvent[],
): Promise<Customer> {
  const now = ctx.clock.now()
  const [first] = purchases
  for (const purchase of purchases) {
    await tx.purchases.move(purchase, owner, poster)
    await recordOwnership(tx, ctx, purchase.purchaseId, { owner: poster, from: owner, reason })
  }
  const namesOf = async (customer: Customer) => (await tx.customers.aliases(customer)).map((alias) => alias.appUserId)
  const data = {
    purchaseId: first?.purchaseId,
    store: first?.store,
    environment: first?.environment,
    transferredFrom: await namesOf(owner),
    transferredTo: await namesOf(poster),
  }
  await recordChange(tx, owner, { kinds: ['entitlements'], cause: 'transfer', events: [], now })
  return recordChange(tx, poster, {
    kinds: ['entitlements'],
    cause: 'transfer',
    events: [{ type: 'TRANSFER', data }, ...alsoTold],
    now,
  })
}
