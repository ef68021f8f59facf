import { type Static, Type } from 'typebox'
import { type Catalog, findStoreProduct, type Phase, type Price, type Product } from '../../../core/catalog/catalog.ts'
import { nullable } from './values.ts'

const Amount = Type.Object({ amount_micros: Type.Integer(), currency: Type.String() })

const WirePhase = Type.Object({
  period_duration: Type.String({ description: 'ISO 8601, one number and one of D, W, M, Y.' }),
  cycle_count: Type.Integer(),
  price: nullable(Amount),
})

const PurchaseOption = Type.Object({
  id: Type.String(),
  price_id: Type.String(),
  discount: Type.Null(),
  base: Type.Optional(WirePhase),
  trial: Type.Optional(nullable(WirePhase)),
  intro_price: Type.Optional(nullable(WirePhase)),
  base_price: Type.Optional(Amount),
})

const ProductDetails = Type.Object({
  identifier: Type.String(),
  product_type: Type.Enum(['subscription', 'consumable', 'non_consumable']),
  title: Type.String(),
  description: nullable(Type.String()),
  default_purchase_option_id: Type.String(),
  purchase_options: Type.Record(Type.String(), PurchaseOption),
})

export const Products = Type.Object({ product_details: Type.Array(ProductDetails) })
export type Products = Static<typeof Products>

/** The name that SDKs know as "the product itself": any other is sent back as an offer. */
const BASE_OPTION_ID = 'base_option'

/** The details of the app's products that are asked for, in that order and each once. Unknown ones are left out. */
export function productsToWire(catalog: Catalog, appId: string, storeProductIds: readonly string[]): Products {
  const found = [...new Set(storeProductIds)].flatMap((id) => findStoreProduct(catalog, appId, id) ?? [])
  return { product_details: found.map(productToWire) }
}

function productToWire(product: Product): Static<typeof ProductDetails> {
  const option = { id: BASE_OPTION_ID, price_id: `${product.productId}_base`, discount: null, ...pricesOf(product) }
  return {
    identifier: product.storeProductId,
    product_type: product.type,
    title: product.displayName,
    description: null,
    default_purchase_option_id: BASE_OPTION_ID,
    purchase_options: { [BASE_OPTION_ID]: option },
  }
}

function pricesOf({ period, price, trial }: Product): Partial<Static<typeof PurchaseOption>> {
  if (period === null) return { base_price: amountToWire(price) }
  return {
    base: phaseToWire({ period, cycles: 1, price }),
    trial: trial === null ? null : phaseToWire(trial),
    intro_price: null,
  }
}

function phaseToWire({ period, cycles, price }: Phase): Static<typeof WirePhase> {
  return { period_duration: period, cycle_count: cycles, price: price === null ? null : amountToWire(price) }
}

function amountToWire({ amountMicros, currency }: Price): Static<typeof Amount> {
  return { amount_micros: amountMicros, currency }
}
