import type { Catalog } from '../catalog/catalog.ts'

/** What a configuration may name of a project: currency codes, products by their identifier at the store, lookup keys. */
export type SoldThings = {
  currencies: ReadonlySet<string>
  products: ReadonlySet<string>
  entitlements: ReadonlySet<string>
}

export function soldThingsOf(catalog: Catalog): SoldThings {
  const products = [...catalog.products.values()]
  return {
    currencies: new Set(catalog.currencies.map(({ code }) => code)),
    products: new Set(products.map(({ storeProductId }) => storeProductId)),
    entitlements: new Set(products.flatMap(({ entitlements }) => entitlements)),
  }
}
