import type { ProductType } from '../catalog/catalog.ts'
import type { Store } from '../projects/project.ts'
import type { Environment, PeriodType } from './purchase.ts'

/**
 * What a store says about one chain at one moment, in our terms. Every store adapter ends here, and
 * everything behind it knows no store.
 */
export type PurchaseSnapshot = {
  store: Store
  environment: Environment
  appId: string
  storePurchaseId: string
  type: ProductType
  /** All known charges, oldest first; never empty. The last one is the current period. */
  transactions: readonly SnapshotTransaction[]
  autoRenews: boolean
  unsubscribeDetectedAt: number | null
  billingIssueDetectedAt: number | null
  graceExpiresAt: number | null
  /** When the store gave the latest charge back; null when it did not, or took that back again. */
  refundedAt: number | null
  /** How much of the latest charge was given back, in micros; all of it when the store does not say. */
  refundedShare?: { refundedMicros: number; paidMicros: number }
  /** When the store will have news by itself, if it said so. */
  nextCheckAt: number | null
}

export type SnapshotTransaction = {
  storeTransactionId: string
  productId: string
  periodType: PeriodType
  purchasedAt: number
  expiresAt: number | null
  price: { amountMicros: number; currency: string } | null
}
