import type { Product } from '../../src/core/catalog/catalog.ts'
import { ok } from '../../src/core/lib/result.ts'
import type { Project } from '../../src/core/projects/project.ts'
import { statement } from '../../src/db/statement.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import type { Demo } from './demo.ts'
import type { World } from './world.ts'

/** A subscription with a trial of a week: 50 units for the trial, 500 a paid month, and an entitlement of its own. */
export async function addTrialProduct(ctx: Ctx, demo: Demo, facts: Partial<Product> = {}): Promise<void> {
  const { projectId, app } = demo
  const entitlementId = ctx.ids.next('entitlement')
  const productId = ctx.ids.next('product')
  await ctx.transaction(async (tx) => {
    await tx.catalog.insertEntitlement({ projectId, entitlementId, lookupKey: 'plus', displayName: 'Plus' })
    await tx.catalog.insertProduct(projectId, {
      productId,
      appId: app.appId,
      storeProductId: 'plus_monthly',
      type: 'subscription',
      displayName: 'Plus monthly',
      period: 'P1M',
      price: { amountMicros: 4_990_000, currency: 'USD' },
      trial: { period: 'P1W', cycles: 1, price: null },
      entitlementIds: [entitlementId],
      ...facts,
    })
    const grant = { productId, amount: 500, trialAmount: 50, expireAtCycleEnd: false }
    await tx.catalog.insertGrant(projectId, { currency: 'CRD', ...grant })
    return ok(null)
  })
}

/** Lets Test Store subscriptions of the project end after as many renewals. */
export async function limitRenewals(ctx: Ctx, demo: Demo, testStoreMaxRenewals: number | null): Promise<void> {
  await ctx.transaction(async (tx) => {
    await tx.projects.updateTestStore(demo.projectId, { testStorePace: 'calendar', testStoreMaxRenewals })
    return ok(null)
  })
}

const SET_RESTORE_BEHAVIOR = statement(
  'test.restore_behavior',
  'update projects set restore_behavior = $2 where project_id = $1',
)

/** What happens to a purchase of one identified customer that another one posts. */
export async function setRestoreBehavior(
  world: World,
  demo: Demo,
  behavior: Project['restoreBehavior'],
): Promise<void> {
  await world.database.query(SET_RESTORE_BEHAVIOR, [demo.projectId, behavior])
}
