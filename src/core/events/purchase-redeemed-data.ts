import type { Store } from '../projects/project.ts'
import type { Environment } from '../purchases/purchase.ts'

/**
 * What became of a redeemed purchase: the two customers became one, it moved to the one who redeemed, or it was theirs
 * already.
 */
export type RedemptionOutcome = 'alias' | 'transfer' | 'redeemer_owns'

/**
 * What the outbox keeps of PURCHASE_REDEEMED: a purchase was taken along by a link. Written to the customer who has the
 * purchase afterwards. RevenueCat webhooks, PURCHASE_REDEEMED.
 */
export type PurchaseRedeemedData = {
  purchaseId: string
  /** The app in which it was bought, and with which it was redeemed. */
  appId: string
  redeemingAppId: string
  store: Store
  environment: Environment
  /** Purser's own id of the product. */
  productId: string
  /** Lookup keys of the entitlements that the product unlocks. */
  entitlements: readonly string[]
  /** All app user ids of the one who bought, before the redemption. */
  redeemedFrom: readonly string[]
  /** All app user ids of the one who redeemed, before the redemption. */
  redeemedBy: readonly string[]
  outcome: RedemptionOutcome
  /** `X-Platform` of the redeeming app in small letters; null when it sent none. */
  platform: string | null
}
