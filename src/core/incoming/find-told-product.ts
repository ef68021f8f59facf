import type { Catalog, Product } from '../catalog/catalog.ts'
import type { Store } from '../projects/project.ts'

/** Google's subscriptions are told as `subscription:base-plan`. RevenueCat webhooks, product_id. */
const BASE_PLAN_SEPARATOR = ':'

/**
 * The product that an event names by its id at the store. Ids of apps are RevenueCat's own, and those of Purser count only
 * where they happen to be the same; else the product has to be the only one of its store by that name. Null when there is
 * none, or when two apps sell one of that name, since then nothing says which.
 */
export function findToldProduct(
  catalog: Catalog,
  told: { store: Store; rcAppId: string | null; storeProductId: string },
): Product | null {
  return findNamed(catalog, told, told.storeProductId) ?? findNamed(catalog, told, withoutBasePlan(told.storeProductId))
}

function findNamed(
  catalog: Catalog,
  { store, rcAppId }: { store: Store; rcAppId: string | null },
  storeProductId: string,
): Product | null {
  const named = [...catalog.products.values()].filter(
    (product) => product.store === store && product.storeProductId === storeProductId,
  )
  const own = named.find((product) => product.appId === rcAppId)
  return own ?? (named.length === 1 ? (named[0] ?? null) : null)
}

function withoutBasePlan(storeProductId: string): string {
  return storeProductId.split(BASE_PLAN_SEPARATOR)[0] ?? storeProductId
}
