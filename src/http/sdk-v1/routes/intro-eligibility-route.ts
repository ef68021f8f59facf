import { Type } from 'typebox'
import { findStoreProduct } from '../../../core/catalog/catalog.ts'
import type { App } from '../../../core/projects/project.ts'
import type { Ctx } from '../../../usecases/ports.ts'
import { appOf } from '../key-guard.ts'
import { readAppUserId } from '../read-app-user-id.ts'
import { CustomerParams, ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { nullable } from '../wire/values.ts'

/** Products of one call; an app has a few dozen. */
const MAX_PRODUCTS = 200

const schema = {
  ...operation('getIntroEligibility', 'Purchases', 'Tell which introductory offers are open', 'public'),
  description: 'For each product: true, false, or null for "not known". Known only for the Test Store so far.',
  params: CustomerParams,
  body: Type.Object({ product_identifiers: Type.Array(Type.String(), { maxItems: MAX_PRODUCTS }) }),
  response: { 200: Type.Record(Type.String(), nullable(Type.Boolean())), ...ERRORS },
}

/** `POST /v1/subscribers/{app_user_id}/intro_eligibility`, asked by iOS with StoreKit 1. */
export function introEligibilityRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.post('/subscribers/:app_user_id/intro_eligibility', { schema, onRequest: guard('public') }, async (request) => {
    const appUserId = readAppUserId(request.params.app_user_id)
    return eligibilityOf(ctx, appOf(request), appUserId, request.body.product_identifiers)
  })
}

/** In the Test Store, a trial is for those who never bought the product. */
async function eligibilityOf(
  ctx: Ctx,
  app: App,
  appUserId: string,
  storeProductIds: readonly string[],
): Promise<Record<string, boolean | null>> {
  if (app.store !== 'test_store') return Object.fromEntries(storeProductIds.map((id) => [id, null]))
  const [catalog, customer] = await Promise.all([
    ctx.read.catalog.ofProject(app.projectId),
    ctx.read.customers.findByAppUserId(app.projectId, appUserId),
  ])
  const purchases = customer === null ? [] : await ctx.read.purchases.ofCustomer(customer)
  const bought = new Set(purchases.map((purchase) => purchase.productId))
  const isEligible = (id: string) => {
    const product = findStoreProduct(catalog, app.appId, id)
    return product === null ? null : !bought.has(product.productId)
  }
  return Object.fromEntries(storeProductIds.map((id) => [id, isEligible(id)]))
}
