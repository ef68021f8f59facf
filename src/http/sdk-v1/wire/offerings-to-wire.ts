import { type Static, Type } from 'typebox'
import type { Catalog, Offering, Package, Product } from '../../../core/catalog/catalog.ts'
import { nullable } from './values.ts'

const WirePackage = Type.Object({
  identifier: Type.String(),
  platform_product_identifier: Type.String(),
  platform_product_plan_identifier: nullable(Type.String()),
  web_checkout_url: nullable(Type.String()),
})

const WireOffering = Type.Object({
  identifier: Type.String(),
  description: Type.String(),
  metadata: nullable(Type.Record(Type.String(), Type.Unknown())),
  packages: Type.Array(WirePackage),
  paywall: Type.Null(),
  paywall_components: Type.Null(),
  has_paywall_components: Type.Boolean(),
  web_checkout_url: nullable(Type.String()),
})

export const Offerings = Type.Object({
  current_offering_id: nullable(Type.String()),
  offerings: Type.Array(WireOffering),
  placements: Type.Object({
    fallback_offering_id: nullable(Type.String()),
    offering_ids_by_placement: Type.Record(Type.String(), nullable(Type.String())),
  }),
  ui_config: Type.Record(Type.String(), Type.Unknown()),
})
export type Offerings = Static<typeof Offerings>

/** The least that SDKs read as a configuration of paywalls; an empty object is not one. */
const EMPTY_UI_CONFIG = {
  app: { colors: {}, fonts: {} },
  localizations: { en_US: {} },
  variable_config: { variable_compatibility_map: {}, function_compatibility_map: {} },
}

/**
 * What one app can sell, as RevenueCat REST API v1 tells it. A package without a product of this app is left out; an
 * offering stays although it has no package then. `overrideId` is the offering that was chosen for the customer; one that
 * is gone counts as none. No targeting is told, since there is none.
 */
export function offeringsToWire(catalog: Catalog, appId: string, overrideId: string | null): Offerings {
  const chosen = catalog.offerings.find((offering) => offering.offeringId === overrideId)
  const currentKey = (chosen ?? catalog.offerings.find((offering) => offering.isCurrent))?.lookupKey ?? null
  return {
    current_offering_id: currentKey,
    offerings: catalog.offerings.map((offering) => offeringToWire(offering, catalog, appId)),
    placements: { fallback_offering_id: currentKey, offering_ids_by_placement: {} },
    ui_config: EMPTY_UI_CONFIG,
  }
}

function offeringToWire(offering: Offering, catalog: Catalog, appId: string): Static<typeof WireOffering> {
  return {
    identifier: offering.lookupKey,
    description: offering.description,
    metadata: offering.metadata,
    packages: offering.packages.flatMap((pack) => {
      const product = productOfApp(pack, catalog, appId)
      return product === undefined ? [] : [packageToWire(pack, product)]
    }),
    paywall: null,
    paywall_components: null,
    has_paywall_components: false,
    web_checkout_url: null,
  }
}

function productOfApp(pack: Package, catalog: Catalog, appId: string): Product | undefined {
  return pack.productIds.map((id) => catalog.products.get(id)).find((product) => product?.appId === appId)
}

function packageToWire(pack: Package, product: Product): Static<typeof WirePackage> {
  return {
    identifier: pack.lookupKey,
    platform_product_identifier: product.storeProductId,
    platform_product_plan_identifier: null,
    web_checkout_url: null,
  }
}
