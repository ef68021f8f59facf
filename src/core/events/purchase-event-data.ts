import type { Store } from '../projects/project.ts'
import type { EndReason } from '../purchases/end-reason.ts'
import type { Environment, PeriodType } from '../purchases/purchase.ts'

/** What the outbox keeps of an event about one purchase. Times are epoch milliseconds. */
export type PurchaseEventData = {
  purchaseId: string
  /** Null for an entitlement that was granted by hand. */
  appId: string | null
  store: Store | 'promotional'
  environment: Environment
  /** Purser's own id of the product; null for an entitlement that was granted by hand. */
  productId: string | null
  /** The product's identifier at the store, when it is not that of `productId`: `rc_promo_...` for grants. */
  storeProductId?: string
  /** The entitlement that was granted by hand. */
  grantedEntitlement?: string
  periodType: PeriodType | 'promotional'
  purchasedAt: number
  expiresAt: number | null
  transactionId: string | null
  originalTransactionId: string | null
  /**
   * The money of this event in the currency of the purchase: positive for a charge, negative for a refund, of amount 0
   * for what moves no money; null when the store told no price.
   */
  price: { amountMicros: number; currency: string } | null
  renewalNumber: number | null
  presentedOffering: string | null
  isFamilyShare: boolean
  offerCode?: string | null
  /** Units of a one-time purchase, when the store sold several at once. */
  quantity?: number
  /** RENEWAL. */
  isTrialConversion?: boolean
  /** CANCELLATION and EXPIRATION. */
  reason?: EndReason
  /** BILLING_ISSUE; null without grace. */
  graceExpiresAt?: number | null
  /** SUBSCRIPTION_PAUSED. */
  autoResumeAt?: number
  /** PRODUCT_CHANGE: Purser's id of the product that comes. */
  newProductId?: string
}
