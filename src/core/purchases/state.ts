import { accessEndsAt, type Purchase } from './purchase.ts'

/**
 * Where a chain is in its life. A purchase that was never paid is not stored, so `none` and `pending` have no rows.
 * A one-time purchase is `active` until it is given back.
 */
export type PurchaseState =
  | 'trial'
  | 'active'
  /** Paid, and not going on: unsubscribed, prepaid, or about to pause. */
  | 'ending'
  | 'grace'
  /** The store tries to charge, and there is no access: billing retry, account hold. */
  | 'retry'
  | 'paused'
  | 'expired'
  /** Given back or taken away. */
  | 'revoked'
  /** Another chain took its place. */
  | 'superseded'

/** States in which there is access. */
export const STATES_WITH_ACCESS: ReadonlySet<PurchaseState> = new Set(['trial', 'active', 'ending', 'grace'])

/** The state of a chain at an instant; the first that fits. */
export function purchaseStateAt(purchase: Purchase, at: number): PurchaseState {
  const { refundedAt, revokedAt, superseded, expiresAt } = purchase
  if ((refundedAt !== null && refundedAt <= at) || (revokedAt !== null && revokedAt <= at)) return 'revoked'
  if (superseded !== null && superseded.at <= at) return 'superseded'
  if (expiresAt === null || expiresAt > at) {
    if (purchase.type !== 'subscription') return 'active'
    if (!purchase.autoRenews || purchase.autoResumeAt !== null) return 'ending'
    return purchase.periodType === 'trial' ? 'trial' : 'active'
  }
  if ((accessEndsAt(purchase) ?? at) > at) return 'grace'
  if (purchase.autoResumeAt !== null) return 'paused'
  if (purchase.billingIssueDetectedAt !== null && purchase.autoRenews) return 'retry'
  // Nobody has heard of the renewal that is due: SDKs and access go by the date.
  return 'expired'
}
