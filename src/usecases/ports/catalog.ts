import type { Catalog, Product, ProductGrant, ProductType } from '../../core/catalog/catalog.ts'
import type { ConfiguredCurrency } from '../../core/catalog/currency.ts'

export type CatalogReads = {
  /** What a project sells. May be as old as a moment, so that not every request reads it anew. */
  ofProject(projectId: string): Promise<Catalog>
  /** Drops what is kept of a project's catalogue. Called after each change of it, or this process would be behind too. */
  forget(projectId: string): void
  /** All currencies as they are now, the archived ones included; the newest first, then by code. */
  currencies(projectId: string): Promise<ConfiguredCurrency[]>
}

export type TxCatalog = {
  insertEntitlement(row: {
    projectId: string
    entitlementId: string
    lookupKey: string
    displayName: string
  }): Promise<void>
  insertProduct(projectId: string, product: NewProduct): Promise<void>
  insertOffering(projectId: string, offering: NewOffering): Promise<void>
  insertCurrency(
    projectId: string,
    currency: { code: string; name: string; description: string | null },
    now: number,
  ): Promise<void>
  insertGrant(projectId: string, grant: ProductGrant & { currency: string }): Promise<void>
  /** Lets changes of one project's catalogue follow each other: locks the project until the end of the transaction. */
  lock(projectId: string): Promise<void>
  /** All currencies as in `CatalogReads`. */
  currencies(projectId: string): Promise<ConfiguredCurrency[]>
  /** The types of those products that the project has. */
  productTypes(projectId: string, productIds: readonly string[]): Promise<Map<string, ProductType>>
  /** Writes name, description and archive of a currency; its code and age never change. */
  updateCurrency(projectId: string, currency: ConfiguredCurrency): Promise<void>
  /** Makes these the only grants of a currency, in their order. */
  replaceGrants(projectId: string, currency: string, grants: readonly ProductGrant[]): Promise<void>
  /** Whether any customer has or ever had units of it. Looks through all balances: for rare decisions only. */
  isCurrencyUsed(projectId: string, code: string): Promise<boolean>
  /** Deletes a currency with its grants. */
  deleteCurrency(projectId: string, code: string): Promise<void>
}

export type NewProduct = Omit<Product, 'entitlements' | 'store'> & {
  entitlementIds: readonly string[]
}

export type NewOffering = {
  offeringId: string
  lookupKey: string
  description: string
  isCurrent: boolean
  packages: ReadonlyArray<{ packageId: string; lookupKey: string; productIds: readonly string[] }>
}
