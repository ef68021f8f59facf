import type { Catalog } from '../../core/catalog/catalog.ts'
import type { Result } from '../../core/lib/result.ts'
import type { App, Project, Store } from '../../core/projects/project.ts'
import type { Environment, Purchase, PurchaseTransaction } from '../../core/purchases/purchase.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'

/** The adapter of a store; null when Purser cannot verify purchases of that store yet. */
export type Stores = (store: Store) => StoreAdapter | null

/** What an adapter is told about a posted receipt. `transactions` are the charges known of this chain's customer. */
export type ReceiptQuestion = {
  app: App
  project: Project
  catalog: Catalog
  fetchToken: string
  storeProductId: string | null
  /** Products of which the customer has bought before: no second trial. */
  boughtProductIds: ReadonlySet<string>
  now: number
}

export type StoreRefusal =
  /** Forged, malformed or refused by the store: never going to be right. */
  | { code: 'receipt_invalid'; problem: string }
  /** The project does not sell this product through this app. */
  | { code: 'product_unknown'; storeProductId: string }
  /** The store cannot be asked at the moment; the device must keep the purchase and try again. */
  | { code: 'store_unavailable'; problem: string }

export type StoreAdapter = {
  /** The chain that a token names, without asking the store: enough to find out whether it is known. */
  chainOf(fetchToken: string): Result<{ storePurchaseId: string; environment: Environment }, StoreRefusal>
  /** Verifies a posted receipt with the store. Never called inside a database transaction. */
  verify(question: ReceiptQuestion): Promise<Result<PurchaseSnapshot, StoreRefusal>>
  /** What the store says now about a chain that is known and due. */
  refresh(question: RefreshQuestion): Promise<Result<PurchaseSnapshot, StoreRefusal>>
}

export type RefreshQuestion = {
  project: Project
  catalog: Catalog
  purchase: Purchase
  transactions: readonly PurchaseTransaction[]
  now: number
}
