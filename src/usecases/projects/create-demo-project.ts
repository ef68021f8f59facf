import type { ProductType } from '../../core/catalog/catalog.ts'
import { ok } from '../../core/lib/result.ts'
import type { Ctx, Tx } from '../ports.ts'
import type { TokenSecrets } from '../token-secrets.ts'
import { addApp, addProject, addSecretKey } from './create-project.ts'

export type DemoProject = { projectId: string; testStoreKey: string; secretKeyV1: string; secretKeyV2: string }

type DemoProduct = {
  storeProductId: string
  displayName: string
  type: ProductType
  period: string | null
  priceMicros: number
  isPro: boolean
  credits: number
  packageKey: string
}

/** What the demo sells. The names are part of the documentation and of other people's tests. */
const PRODUCTS: readonly DemoProduct[] = [
  {
    storeProductId: 'pro_monthly',
    displayName: 'Pro monthly',
    type: 'subscription',
    period: 'P1M',
    priceMicros: 9_990_000,
    isPro: true,
    credits: 500,
    packageKey: '$rc_monthly',
  },
  {
    storeProductId: 'pro_annual',
    displayName: 'Pro annual',
    type: 'subscription',
    period: 'P1Y',
    priceMicros: 79_990_000,
    isPro: true,
    credits: 0,
    packageKey: '$rc_annual',
  },
  {
    storeProductId: 'credits_500',
    displayName: '500 credits',
    type: 'consumable',
    period: null,
    priceMicros: 4_990_000,
    isPro: false,
    credits: 500,
    packageKey: 'credits_500',
  },
]

/** Creates a project to try things with: a Test Store app, the entitlement `pro`, three products and the currency CRD. */
export async function createDemoProject(ctx: Ctx, secrets: TokenSecrets): Promise<DemoProject> {
  const created = await ctx.transaction(async (tx) => {
    const { projectId } = await addProject(tx, ctx, { name: 'Demo', isDemo: true })
    const app = await addApp(tx, ctx, secrets, { projectId, name: 'Demo app', store: 'test_store' })
    const key = { projectId, label: 'Demo', scopes: ['*'] }
    const secretKeyV1 = await addSecretKey(tx, ctx, secrets, { ...key, version: 'v1' })
    const secretKeyV2 = await addSecretKey(tx, ctx, secrets, { ...key, version: 'v2' })
    await addCatalog(tx, ctx, projectId, app.appId)
    return ok({ projectId, testStoreKey: app.publicKey, secretKeyV1, secretKeyV2 })
  })
  if (!created.ok) throw new Error('creating the demo project has no refusals')
  return created.value
}

async function addCatalog(tx: Tx, ctx: Ctx, projectId: string, appId: string): Promise<void> {
  const entitlementId = ctx.ids.next('entitlement')
  await tx.catalog.insertEntitlement({ projectId, entitlementId, lookupKey: 'pro', displayName: 'Pro' })
  const credits = { code: 'CRD', name: 'Credits', description: 'Demo credits' }
  await tx.catalog.insertCurrency(projectId, credits, ctx.clock.now())
  const packages = []
  for (const { priceMicros, isPro, credits: amount, packageKey, ...product } of PRODUCTS) {
    const productId = ctx.ids.next('product')
    const price = { amountMicros: priceMicros, currency: 'USD' }
    const entitlementIds = isPro ? [entitlementId] : []
    await tx.catalog.insertProduct(projectId, { productId, appId, ...product, price, trial: null, entitlementIds })
    if (amount > 0) {
      const grant = { productId, amount, trialAmount: 0, expireAtCycleEnd: false }
      await tx.catalog.insertGrant(projectId, { currency: credits.code, ...grant })
    }
    packages.push({ packageId: ctx.ids.next('package'), lookupKey: packageKey, productIds: [productId] })
  }
  const offeringId = ctx.ids.next('offering')
  await tx.catalog.insertOffering(projectId, {
    offeringId,
    lookupKey: 'default',
    description: 'Standard plans',
    isCurrent: true,
    packages,
  })
}
