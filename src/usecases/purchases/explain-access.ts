import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Customer } from '../../core/customers/customer.ts'
import {
  type AccessExplanation,
  type CausedUnits,
  explainAccess as explain,
  type PurchaseStory,
} from '../../core/entitlements/explain-access.ts'
import type { EntitlementGrant } from '../../core/entitlements/grant.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { RestoreBehavior } from '../../core/projects/project.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import { viewCustomer } from '../customers/get-customer.ts'
import type { BlockedId } from '../ports/customer-rules.ts'
import type { Ctx } from '../ports.ts'

/** Purchases that are told with their whole story, the latest; more than a person reads. All of them decide. */
const STORIES_MAX = 50
/** Of each purchase, the latest. */
const CHARGES_MAX = 24
const STEPS_MAX = 20
/** Ledger transactions of all told purchases together. */
const UNITS_MAX = 200
const NAMES_MAX = 50

export type ExplainedCustomer = {
  customer: Customer
  names: string[]
  /** What was set for purchases of this customer; null where the project decides. */
  restoreBehavior: RestoreBehavior | null
}

export type ExplainedAccess = {
  /** Null when the id is blocked, so that nobody can have it. */
  known: ExplainedCustomer | null
  blocked: BlockedId | null
  explanation: AccessExplanation
  /** The latest first. */
  stories: PurchaseStory[]
  /** Purchases that are not told one by one. */
  untold: number
  grants: readonly EntitlementGrant[]
  catalog: Catalog
}

export type ExplainAccessInput = { projectId: string; appUserId: string; entitlement: string | null }

/**
 * Why a customer has access to an entitlement, to all of them, or to none: the facts of the stores, how each purchase came
 * to the customer, what stands for an entitlement, and the units that the purchases gave.
 */
export async function explainAccess(
  ctx: Ctx,
  { projectId, appUserId, entitlement }: ExplainAccessInput,
): Promise<Result<ExplainedAccess, { code: 'customer_not_found' }>> {
  const now = ctx.clock.now()
  const customer = await ctx.read.customers.findByAppUserId(projectId, appUserId)
  if (customer === null) return explainNobody(ctx, { projectId, appUserId, entitlement })
  const view = await viewCustomer(ctx, customer)
  const told = view.purchases.toSorted((one, other) => other.purchasedAt - one.purchasedAt).slice(0, STORIES_MAX)
  const [names, restoreBehavior, stories] = await Promise.all([
    ctx.read.customerSearch.latestNames(customer, NAMES_MAX),
    ctx.read.ownership.restoreBehavior(customer),
    storiesOf(ctx, customer, told),
  ])
  return ok({
    known: { customer, names, restoreBehavior },
    blocked: null,
    explanation: explain(view, now, entitlement),
    stories,
    untold: view.purchases.length - told.length,
    grants: view.grants.filter((grant) => entitlement === null || grant.lookupKey === entitlement),
    catalog: view.catalog,
  })
}

/** Nobody has the id: because it is blocked, or because nobody ever used it. */
async function explainNobody(
  ctx: Ctx,
  { projectId, appUserId, entitlement }: ExplainAccessInput,
): Promise<Result<ExplainedAccess, { code: 'customer_not_found' }>> {
  const [all, catalog] = await Promise.all([
    ctx.read.customerRules.blockedIds(projectId),
    ctx.read.catalog.ofProject(projectId),
  ])
  const blocked = all.find((one) => one.appUserId === appUserId)
  if (blocked === undefined) return refuse({ code: 'customer_not_found' })
  const nothing = { purchases: [], grants: [], catalog, isSandboxCounted: false }
  const explanation = explain(nothing, ctx.clock.now(), entitlement)
  return ok({ known: null, blocked, explanation, stories: [], untold: 0, grants: [], catalog })
}

async function storiesOf(ctx: Ctx, customer: Customer, purchases: readonly Purchase[]): Promise<PurchaseStory[]> {
  if (purchases.length === 0) return []
  const purchaseIds = purchases.map(({ purchaseId }) => purchaseId)
  const [chains, ownership, units] = await Promise.all([
    Promise.all(purchaseIds.map((purchaseId) => ctx.read.purchases.chain(customer, purchaseId))),
    ctx.read.ownership.steps(customer.projectId, purchaseIds, STEPS_MAX),
    unitsOf(ctx, customer.projectId, purchaseIds),
  ])
  return purchases.map((purchase, index) => ({
    purchase,
    charges: (chains[index]?.transactions ?? []).slice(-CHARGES_MAX),
    ownership: ownership.get(purchase.purchaseId) ?? [],
    units: units.get(purchase.purchaseId) ?? [],
  }))
}

/** What purchases gave and what was taken back for them, oldest first, by purchase. */
async function unitsOf(
  ctx: Ctx,
  projectId: string,
  purchaseIds: readonly string[],
): Promise<Map<string | null, CausedUnits[]>> {
  const filter = {
    ...{ customers: null, purchaseIds: null, operatorId: null, requestId: null },
    ...{ kind: null, currency: null, since: null, until: null },
  }
  const source = { kind: 'purchases' as const, purchaseIds }
  const { entries } = await ctx.read.ledger.search({ projectId, source, filter, before: null, limit: UNITS_MAX })
  return Map.groupBy(entries.toReversed(), (entry) => entry.purchaseId)
}
