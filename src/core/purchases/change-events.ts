import type { DomainEvent } from '../events/event.ts'
import { accessEndsAt, type Purchase } from './purchase.ts'
import { purchaseEvent } from './purchase-event.ts'

/** Two states of a chain, of which the later may have a further charge. */
export type Change = { current: Purchase; next: Purchase; isNewCharge: boolean }

/** What is told of a chain that did not change its charges' money: in the order in which RevenueCat sends them. */
export function changeEvents(change: Change): DomainEvent[] {
  return [
    ...productChange(change),
    ...billingTrouble(change),
    ...renewalSwitch(change),
    ...familyEnd(change),
    ...pause(change),
    ...extension(change),
    ...priceConsent(change),
  ]
}

/** A change for the next renewal is told when it is planned, one by another chain when it happens. */
function productChange({ current, next }: Change): DomainEvent[] {
  const { superseded, pendingProductId } = next
  if (superseded?.by === 'product_change' && current.superseded === null) {
    return [purchaseEvent('PRODUCT_CHANGE', next, superseded.at)]
  }
  const isNews = pendingProductId !== null && pendingProductId !== current.pendingProductId
  if (!isNews || pendingProductId === next.productId) return []
  return [purchaseEvent('PRODUCT_CHANGE', next, next.asOf, { newProductId: pendingProductId })]
}

/** Once until the charge succeeds, however often it fails. */
function billingTrouble({ current, next, isNewCharge }: Change): DomainEvent[] {
  const at = next.billingIssueDetectedAt
  if (at === null || (current.billingIssueDetectedAt !== null && !isNewCharge)) return []
  const { graceExpiresAt } = next
  return [
    purchaseEvent('BILLING_ISSUE', next, at, { graceExpiresAt }),
    purchaseEvent('CANCELLATION', next, at, { reason: 'BILLING_ERROR' }),
  ]
}

/** A charge after the switch says already that it is on again. What was given back says why it is off. */
function renewalSwitch({ current, next, isNewCharge }: Change): DomainEvent[] {
  const at = next.unsubscribeDetectedAt
  const before = current.unsubscribeDetectedAt
  if (at !== null) {
    const isTold = isNewCharge ? at === before : before !== null
    const isByRefund = (next.refundedAt !== null && current.refundedAt === null) || next.superseded !== null
    if (isTold || isByRefund) return []
    return [purchaseEvent('CANCELLATION', next, at, { reason: next.cancelReason ?? 'UNSUBSCRIBE' })]
  }
  if (before === null || isNewCharge || !next.autoRenews) return []
  return [purchaseEvent('UNCANCELLATION', next, before)]
}

function familyEnd({ current, next }: Change): DomainEvent[] {
  if (next.revokedAt === null || current.revokedAt !== null) return []
  return [purchaseEvent('CANCELLATION', next, next.revokedAt, { reason: 'UNKNOWN' })]
}

function pause({ current, next }: Change): DomainEvent[] {
  const { autoResumeAt } = next
  if (autoResumeAt === null || current.autoResumeAt !== null) return []
  return [purchaseEvent('SUBSCRIPTION_PAUSED', next, next.asOf, { autoResumeAt })]
}

/** Only a later end of what still gives access: everything else is told as what it is. */
function extension({ current, next, isNewCharge }: Change): DomainEvent[] {
  if (isNewCharge || current.expiresAt === null || next.expiresAt === null) return []
  if (next.expiresAt <= current.expiresAt || (accessEndsAt(current) ?? next.asOf) <= next.asOf) return []
  return [purchaseEvent('SUBSCRIPTION_EXTENDED', next, next.expiresAt)]
}

function priceConsent({ current, next }: Change): DomainEvent[] {
  if (next.priceConsent === current.priceConsent) return []
  if (next.priceConsent === 'required') return [purchaseEvent('PRICE_INCREASE_CONSENT_REQUIRED', next, next.asOf)]
  if (next.priceConsent === 'approved') return [purchaseEvent('PRICE_INCREASE_CONSENT_APPROVED', next, next.asOf)]
  return []
}
