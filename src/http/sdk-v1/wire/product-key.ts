import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { Purchase } from '../../../core/purchases/purchase.ts'

/**
 * The name under which a purchase appears: the product's identifier at the store. A product that left the catalogue is
 * named by its own id, so that no purchase disappears.
 */
export function productKeyOf(purchase: Purchase, catalog: Catalog): string {
  return catalog.products.get(purchase.productId)?.storeProductId ?? purchase.productId
}

/** The purchases by that name. */
export function groupByProductKey(purchases: readonly Purchase[], catalog: Catalog): Map<string, Purchase[]> {
  return Map.groupBy(purchases, (purchase) => productKeyOf(purchase, catalog))
}
