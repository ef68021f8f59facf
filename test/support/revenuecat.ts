import type { ProductType } from '../../src/core/catalog/catalog.ts'
import type { revenuecatBody } from '../../src/core/incoming/fixtures/revenuecat-events.ts'
import { ok } from '../../src/core/lib/result.ts'
import { applyDueEvents } from '../../src/usecases/incoming/apply-due-events.ts'
import type { IncomingPolicy } from '../../src/usecases/incoming/incoming-policy.ts'
import { receiveEvent } from '../../src/usecases/incoming/receive-event.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { addApp } from '../../src/usecases/projects/create-project.ts'
import { testSecrets } from './demo.ts'

export type Body = ReturnType<typeof revenuecatBody>

export const CLOSED_POLICY: IncomingPolicy = {
  appliesSandbox: false,
  mirrorsDashboard: false,
  balancesAreUpstream: false,
}

/** Rounds after which events are due for ever. */
const ROUNDS_MAX = 50

type Sold = { storeProductId: string; type: ProductType; credits: number; expireAtCycleEnd?: boolean }

const SOLD: readonly Sold[] = [
  { storeProductId: 'pro_monthly', type: 'subscription', credits: 500 },
  { storeProductId: 'pro_lapsing', type: 'subscription', credits: 300, expireAtCycleEnd: true },
  { storeProductId: 'credits_500', type: 'consumable', credits: 500 },
]

/** An App Store app that sells subscriptions with the entitlement `store_pro`, and units of CRD. */
export async function addStoreApp(ctx: Ctx, projectId: string, sold = SOLD): Promise<string> {
  const added = await ctx.transaction<string, never>(async (tx) => {
    const app = await addApp(tx, ctx, testSecrets, { projectId, name: 'Store app', store: 'app_store' })
    const entitlementId = ctx.ids.next('entitlement')
    await tx.catalog.insertEntitlement({ projectId, entitlementId, lookupKey: 'store_pro', displayName: 'Pro' })
    for (const { storeProductId, type, credits: amount, expireAtCycleEnd = false } of sold) {
      const productId = ctx.ids.next('product')
      const isSubscription = type === 'subscription'
      await tx.catalog.insertProduct(projectId, {
        productId,
        appId: app.appId,
        storeProductId,
        type,
        displayName: storeProductId,
        period: isSubscription ? 'P1M' : null,
        price: { amountMicros: 9_990_000, currency: 'EUR' },
        trial: null,
        entitlementIds: isSubscription ? [entitlementId] : [],
      })
      const grant = { productId, amount, trialAmount: 0, expireAtCycleEnd }
      await tx.catalog.insertGrant(projectId, { currency: 'CRD', ...grant })
    }
    return ok(app.appId)
  })
  ctx.read.catalog.forget(projectId)
  if (!added.ok) throw new Error('adding an app has no refusals')
  return added.value
}

/** Receives an event as the webhook does, without applying it. Answers whether it was a duplicate. */
export async function receive(ctx: Ctx, projectId: string, body: Body): Promise<boolean> {
  const received = await receiveEvent(ctx, { projectId, body, bodyText: JSON.stringify(body) })
  if (!received.ok) throw new Error(received.refusal.code)
  return received.value.duplicate
}

/** Lets the worker apply what is due now; fails the test when an event cannot be applied. */
export async function applyEvents(ctx: Ctx, policy: IncomingPolicy = CLOSED_POLICY): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if ((await ctx.read.incoming.due(ctx.clock.now(), 1)).length === 0) return
    await applyDueEvents(ctx, policy, (_event, error) => {
      throw error
    })
  }
  throw new Error('events are due for ever')
}

/** Receives events one after the other and applies each at once. */
export async function tell(ctx: Ctx, projectId: string, ...bodies: Body[]): Promise<void> {
  for (const body of bodies) {
    await receive(ctx, projectId, body)
    await applyEvents(ctx)
  }
}
