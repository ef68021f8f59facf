import type { ProductType } from '../catalog/catalog.ts'
import type { Store } from '../projects/project.ts'

export type Environment = 'sandbox' | 'production'
export type PeriodType = 'normal' | 'intro' | 'trial' | 'prepaid'

/**
 * One chain of store transactions: a subscription with all its periods, or a one-time purchase.
 * The current period's facts stand on it; earlier ones are `PurchaseTransaction` rows.
 */
export type Purchase = {
  purchaseId: string
  appId: string
  store: Store
  environment: Environment
  /** The chain's identifier at the store; unique per project, store and environment. */
  storePurchaseId: string
  type: ProductType
  productId: string
  originalPurchasedAt: number
  purchasedAt: number
  /** End of the current period; null for purchases that never end. */
  expiresAt: number | null
  periodType: PeriodType
  storeTransactionId: string
  price: { amountMicros: number; currency: string } | null
  ownership: 'PURCHASED' | 'FAMILY_SHARED'
  autoRenews: boolean
  unsubscribeDetectedAt: number | null
  billingIssueDetectedAt: number | null
  graceExpiresAt: number | null
  refundedAt: number | null
  /** Counts the charges of the chain, the first being 1. */
  renewalNumber: number
  presentedOffering: string | null
  /** Whether the end of the current period was already told to the outside. */
  expirationSeenAt: number | null
  /** When something is due by itself: a renewal, or the end of access. Null when nothing is. */
  dueAt: number | null
}

/** One charge at the store, or the start of a trial. Never changes but for a refund. */
export type PurchaseTransaction = {
  storeTransactionId: string
  number: number
  productId: string
  periodType: PeriodType
  purchasedAt: number
  expiresAt: number | null
  price: { amountMicros: number; currency: string } | null
}

/** End of access: the grace end while the store still tries to charge, a refund's instant, else the period's end. */
export function accessEndsAt(purchase: Purchase): number | null {
  if (purchase.refundedAt !== null) return purchase.refundedAt
  if (purchase.expiresAt === null) return null
  return Math.max(purchase.expiresAt, purchase.graceExpiresAt ?? 0)
}

export function givesAccess(purchase: Purchase, now: number): boolean {
  const endsAt = accessEndsAt(purchase)
  return endsAt === null || endsAt > now
}
