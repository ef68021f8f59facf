import { isSameCustomer } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { App, Project } from '../../core/projects/project.ts'
import type { Ctx, StoreRefusal } from '../ports.ts'
import { planTakeOver } from './take-over.ts'

export type ClaimQuestion = { project: Project; app: App; appUserId: string; fetchToken: string }

/**
 * Whether a customer could buy with the store account that a receipt is of: false when posting it now, as a new purchase,
 * would be refused because it is somebody else's. Nothing is written, and a receipt that nobody has posted is free.
 * RevenueCat SDKs, restore eligibility.
 */
export async function mayClaim(
  ctx: Pick<Ctx, 'read' | 'clock' | 'stores'>,
  { project, app, appUserId, fetchToken }: ClaimQuestion,
): Promise<Result<boolean, StoreRefusal | { code: 'store_unsupported'; store: string }>> {
  const adapter = ctx.stores(app.store)
  if (adapter === null) return refuse({ code: 'store_unsupported', store: app.store })
  const chain = adapter.chainOf(fetchToken)
  if (!chain.ok) return chain
  const { projectId } = project
  const claim = await ctx.read.purchases.findClaim({ projectId, store: app.store, ...chain.value })
  if (claim === null) return ok(true)
  const [poster, held] = await Promise.all([
    ctx.read.customers.findByAppUserId(projectId, appUserId),
    ctx.read.purchases.chain(claim.owner, claim.purchaseId),
  ])
  // It changed hands or was deleted between two looks; posting it decides in the end.
  if (held === null || (poster !== null && isSameCustomer(poster, claim.owner))) return ok(true)
  const parties = { owner: claim.owner, purchases: [held.purchase] }
  const { plan } = await planTakeOver(ctx.read, ctx, project, parties, { by: 'app', isRestore: false })
  return ok(plan !== 'refuse')
}
