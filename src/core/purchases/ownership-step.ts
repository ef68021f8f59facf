import type { OwnershipRule } from './decide-ownership.ts'

/** How a purchase came to an owner. */
export type OwnershipCause =
  /** An app posted its receipt, and nobody had it. */
  | 'posted'
  /** The same with history that was brought along: no device was there. */
  | 'imported'
  /** A hosted RevenueCat said whose it is. */
  | 'told'
  /** A store told of it before any app did. */
  | 'noticed'
  /** The owner became one customer with another by a log-in. */
  | 'merged'
  /** The owner became one customer with whoever posted the receipt. */
  | 'aliased'
  /** It moved to whoever posted the receipt, by a rule. */
  | 'transferred'
  /** Somebody redeemed a purchase that was made on the web. */
  | 'redeemed'

/** One step of a purchase's way to its owner. Never changed once written. */
export type OwnershipStep = {
  cause: OwnershipCause
  /** The owner from then on. */
  customerId: string
  /** The owner until then; null for the first one. */
  fromCustomerId: string | null
  /** The id that it was done under; null when no single one was. */
  appUserId: string | null
  /** The app whose key was used; null without one. */
  appId: string | null
  /** What decided, when somebody had the purchase before and another one wanted it. */
  rule: OwnershipRule | null
  recordedAt: number
}
