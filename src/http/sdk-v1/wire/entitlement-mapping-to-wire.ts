import { type Static, Type } from 'typebox'
import type { Catalog } from '../../../core/catalog/catalog.ts'

export const EntitlementMapping = Type.Object({
  product_entitlement_mapping: Type.Record(
    Type.String(),
    Type.Object({ product_identifier: Type.String(), entitlements: Type.Array(Type.String()) }),
  ),
})
export type EntitlementMapping = Static<typeof EntitlementMapping>

/** What each product of an app unlocks, for SDKs that cannot reach us. Google's base plans will need entries of their own. */
export function entitlementMappingToWire(catalog: Catalog, appId: string): EntitlementMapping {
  const products = [...catalog.products.values()].filter((product) => product.appId === appId)
  return {
    product_entitlement_mapping: Object.fromEntries(
      products.map(({ storeProductId, entitlements }) => [
        storeProductId,
        { product_identifier: storeProductId, entitlements: [...entitlements] },
      ]),
    ),
  }
}
