import type { CustomerRef } from '../../core/customers/customer.ts'
import type { Ctx } from '../ports.ts'
import { type NewsOutcome, recordNews } from './record-news.ts'

/** `postponed`: the store gave no answer. */
export type RefreshOutcome = NewsOutcome | 'postponed'

/**
 * Asks the store about a purchase and records what follows: a renewal with its units, trouble with a charge, the end of
 * access. Safe to run by several processes at once and any number of times: what was already seen changes nothing.
 */
export async function refreshPurchase(
  ctx: Ctx,
  { ref, purchaseId }: { ref: CustomerRef; purchaseId: string },
): Promise<RefreshOutcome> {
  const [project, catalog, chain] = await Promise.all([
    ctx.read.projects.get(ref.projectId),
    ctx.read.catalog.ofProject(ref.projectId),
    ctx.read.purchases.chain(ref, purchaseId),
  ])
  if (project === null || chain === null) return 'overtaken'
  const adapter = ctx.stores(chain.purchase.store)
  const answer = await adapter?.refresh({ project, catalog, ...chain, now: ctx.clock.now() })
  if (adapter === null || answer === undefined || !answer.ok) return 'postponed'
  return recordNews(ctx, { ref, asked: chain, catalog, timeline: answer.value, isOfRow: adapter.isMadeOfRows })
}
