import { appOf } from '../key-guard.ts'
import { ERRORS, operation } from '../route-schema.ts'
import type { SdkApp, SdkRoute } from '../sdk-route.ts'
import { EntitlementMapping, entitlementMappingToWire } from '../wire/entitlement-mapping-to-wire.ts'

const schema = {
  ...operation('getEntitlementMapping', 'Catalogue', 'Get what each product unlocks', 'public'),
  description: 'SDKs keep it, to go on giving access while the server answers with 5xx.',
  response: { 200: EntitlementMapping, ...ERRORS },
}

/** `GET /v1/product_entitlement_mapping`. */
export function entitlementMappingRoute(app: SdkApp, { ctx, guard }: SdkRoute): void {
  app.get('/product_entitlement_mapping', { schema, onRequest: guard('public') }, async (request) => {
    const { appId, projectId } = appOf(request)
    return entitlementMappingToWire(await ctx.read.catalog.ofProject(projectId), appId)
  })
}
