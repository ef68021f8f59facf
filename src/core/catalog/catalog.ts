import type { TestingAccess } from '../entitlements/testing-access.ts'
import type { Store } from '../projects/project.ts'
import type { CurrencyPolicy } from '../wallet/policy.ts'

export type ProductType = 'subscription' | 'consumable' | 'non_consumable'

export type Price = { amountMicros: number; currency: string }

/** What a product offers before its normal price; null when it has none. */
export type Phase = { period: string; cycles: number; price: Price | null }

export type Product = {
  productId: string
  appId: string
  store: Store
  /** The identifier at the store: what the SDK calls the product id. */
  storeProductId: string
  type: ProductType
  displayName: string
  /** ISO 8601 duration of one billing period; null for one-time products. */
  period: string | null
  price: Price
  trial: Phase | null
  /** Lookup keys of the entitlements this product unlocks. */
  entitlements: readonly string[]
}

export type Package = { lookupKey: string; productIds: readonly string[] }

export type Offering = {
  offeringId: string
  lookupKey: string
  description: string
  metadata: Record<string, unknown> | null
  isCurrent: boolean
  packages: readonly Package[]
}

/** Units of a currency that a charge for a product gives. `trialAmount` is given when a trial starts. */
export type ProductGrant = {
  productId: string
  amount: number
  trialAmount: number
  /** Whether what is left of the units lapses when the period that was paid for, or tried, ends. */
  expireAtCycleEnd: boolean
}

export type Currency = {
  code: string
  name: string
  description: string | null
  grants: readonly ProductGrant[]
  /** What the project decided about it; the default where it is left out. */
  policy?: CurrencyPolicy
}

/** Everything a project sells, at one moment. Read as a whole: it is small, and every decision needs several parts of it. */
export type Catalog = {
  projectId: string
  products: ReadonlyMap<string, Product>
  offerings: readonly Offering[]
  /** Without those that are archived: nothing grants, changes or shows them. */
  currencies: readonly Currency[]
  /** Whose sandbox purchases give access; anybody's where it is left out. */
  testing?: TestingAccess
}

export function findStoreProduct(catalog: Catalog, appId: string, storeProductId: string): Product | null {
  for (const product of catalog.products.values()) {
    if (product.appId === appId && product.storeProductId === storeProductId) return product
  }
  return null
}

/** The grants of one product, currency by currency. */
export function grantsOfProduct(catalog: Catalog, productId: string): Array<{ currency: string; grant: ProductGrant }> {
  return catalog.currencies.flatMap((currency) =>
    currency.grants
      .filter((grant) => grant.productId === productId)
      .map((grant) => ({ currency: currency.code, grant })),
  )
}

export function findCurrency(catalog: Catalog, code: string): Currency | null {
  return catalog.currencies.find((currency) => currency.code === code) ?? null
}
