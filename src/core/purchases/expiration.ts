import type { DomainEvent } from '../events/event.ts'
import type { EndReason } from './end-reason.ts'
import { accessEndsAt, type Purchase } from './purchase.ts'
import { purchaseEvent } from './purchase-event.ts'

/**
 * The end of access that is to be told as of an instant; null when there is none, or it was told. What renews does not
 * end by itself: the store has to say that the charge failed, or nobody knows.
 */
export function expirationEvent(purchase: Purchase, asOf: number): DomainEvent | null {
  if (purchase.type !== 'subscription' || purchase.expirationSeenAt !== null) return null
  const endsAt = accessEndsAt(purchase)
  if (endsAt === null || endsAt > asOf || !endsByItself(purchase)) return null
  return purchaseEvent('EXPIRATION', purchase, endsAt, { reason: expirationReason(purchase, endsAt) })
}

function endsByItself(purchase: Purchase): boolean {
  if (!purchase.autoRenews || purchase.refundedAt !== null || purchase.revokedAt !== null) return true
  return purchase.superseded !== null || purchase.billingIssueDetectedAt !== null || purchase.autoResumeAt !== null
}

/** RevenueCat webhooks, expiration reasons. The first that fits. */
function expirationReason(purchase: Purchase, endsAt: number): EndReason {
  if (purchase.refundedAt === endsAt) return 'CUSTOMER_SUPPORT'
  if (purchase.revokedAt === endsAt) return 'UNKNOWN'
  if (purchase.billingIssueDetectedAt !== null) return 'BILLING_ERROR'
  if (purchase.autoResumeAt !== null) return 'SUBSCRIPTION_PAUSED'
  if (purchase.unsubscribeDetectedAt === null) return 'UNKNOWN'
  return purchase.cancelReason ?? 'UNSUBSCRIBE'
}

/** An end that another chain's event tells of: the change of the product says it all. */
export function isToldElsewhere({ superseded }: Purchase): boolean {
  return superseded?.by === 'product_change'
}
