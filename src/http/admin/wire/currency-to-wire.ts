import { type Static, Type } from 'typebox'
import type { Catalog, Currency, ProductGrant } from '../../../core/catalog/catalog.ts'

export const CurrencyWire = Type.Object({
  code: Type.String({ examples: ['CRD'] }),
  name: Type.String({ examples: ['Credits'] }),
  description: Type.Union([Type.String(), Type.Null()]),
  product_grants: Type.Array(
    Type.Object({
      product_id: Type.String({ description: "The store's identifier of the product." }),
      store_product_id: Type.String({ description: 'The same as product_id.' }),
      amount: Type.Integer({ description: 'Units for each paid period, or for the purchase.' }),
      trial_amount: Type.Integer({ description: 'Units when a trial starts.' }),
      expire_at_cycle_end: Type.Boolean({ description: 'Whether what is left lapses with the period.' }),
    }),
  ),
})

/**
 * A currency as operators see it: one row for each product that grants it. Products are named by the store's identifier,
 * as on receipts and in app code; `store_product_id` says the same under an unmistakable name.
 */
export function currencyToWire(currency: Currency, catalog: Pick<Catalog, 'products'>): Static<typeof CurrencyWire> {
  const { code, name, description, grants } = currency
  return { code, name, description, product_grants: grants.map((grant) => grantToWire(grant, catalog)) }
}

function grantToWire(
  { productId, amount, trialAmount, expireAtCycleEnd }: ProductGrant,
  catalog: Pick<Catalog, 'products'>,
): Static<typeof CurrencyWire>['product_grants'][number] {
  const storeProductId = catalog.products.get(productId)?.storeProductId ?? productId
  return {
    product_id: storeProductId,
    store_product_id: storeProductId,
    amount,
    trial_amount: trialAmount,
    expire_at_cycle_end: expireAtCycleEnd,
  }
}
