import type { Catalog } from '../../core/catalog/catalog.ts'
import { ok } from '../../core/lib/result.ts'
import type { Purchase } from '../../core/purchases/purchase.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, DuePurchase, PurchaseChain } from '../ports.ts'
import { savePurchase } from './save-purchase.ts'

/** `unchanged`: nothing is new. `postponed`: the store gave no answer. `overtaken`: somebody else was there first. */
export type RefreshOutcome = 'changed' | 'unchanged' | 'overtaken' | 'postponed'

/**
 * Asks the store about a purchase that is due and records what follows: a renewal with its units, or the end of access.
 * Safe to run by several processes at once and any number of times: what was already seen changes nothing.
 */
export async function refreshPurchase(ctx: Ctx, due: DuePurchase): Promise<RefreshOutcome> {
  const [project, catalog, chain] = await Promise.all([
    ctx.read.projects.get(due.ref.projectId),
    ctx.read.catalog.ofProject(due.ref.projectId),
    ctx.read.purchases.chain(due.ref, due.purchaseId),
  ])
  if (project === null || chain === null) return 'overtaken'
  const adapter = ctx.stores(chain.purchase.store)
  const answer = await adapter?.refresh({ project, catalog, ...chain, now: ctx.clock.now() })
  if (answer === undefined || !answer.ok) return 'postponed'
  return recordRefresh(ctx, due, chain, catalog, answer.value)
}

async function recordRefresh(
  ctx: Ctx,
  due: DuePurchase,
  asked: PurchaseChain,
  catalog: Catalog,
  snapshot: PurchaseSnapshot,
): Promise<RefreshOutcome> {
  const done = await ctx.transaction(async (tx) => {
    const [customer] = await tx.customers.lock([due.ref])
    const current = customer === undefined ? null : await tx.purchases.get(customer, due.purchaseId)
    if (customer === undefined || current === null) return ok('overtaken' as const)
    if (!isUnchanged(current, asked.purchase)) return ok('overtaken' as const)
    const presentedOffering = current.presentedOffering
    const saved = await savePurchase(tx, ctx, customer, { current, snapshot, catalog, presentedOffering })
    if (saved.events.length === 0 && isUnchanged(saved.purchase, current)) return ok('unchanged' as const)
    await recordChange(tx, customer, { ...saved, now: ctx.clock.now() })
    return ok('changed' as const)
  })
  return done.ok ? done.value : 'overtaken'
}

/** Any difference counts: an answer given about a purchase that renews must not be applied to one that was stopped. */
function isUnchanged(current: Purchase, asked: Purchase): boolean {
  const facts = Object.keys(current) as Array<keyof Purchase>
  return facts.every((fact) => JSON.stringify(current[fact]) === JSON.stringify(asked[fact]))
}
