import type { DomainEvent } from '../events/event.ts'
import type { PurchaseEventData } from '../events/purchase-event-data.ts'
import { type EntitlementGrant, grantEndsAt, productKeyOfGrant } from './grant.ts'

/** What happens to a grant: it is given; perhaps it is taken back; it ends. RevenueCat webhooks, sequences. */
export type GrantEventType = 'NON_RENEWING_PURCHASE' | 'CANCELLATION' | 'EXPIRATION'

/**
 * The fact that is written to the outbox about a grant. Its end is the team's doing whether it was named from the start or
 * is a revocation, and webhooks know no other reason for grants. A lifetime has no end there, though customer info has one.
 */
export function grantEvent(type: GrantEventType, grant: EntitlementGrant): DomainEvent {
  const isEndless = grant.duration === 'lifetime' && grant.revokedAt === null
  const data: PurchaseEventData = {
    purchaseId: grant.grantId,
    appId: null,
    store: 'promotional',
    environment: 'production',
    productId: null,
    storeProductId: productKeyOfGrant(grant),
    grantedEntitlement: grant.lookupKey,
    periodType: 'promotional',
    purchasedAt: grant.grantedAt,
    expiresAt: isEndless ? null : grantEndsAt(grant),
    transactionId: grant.storeTransactionId,
    originalTransactionId: grant.storeTransactionId,
    price: { amountMicros: 0, currency: 'USD' },
    renewalNumber: null,
    presentedOffering: null,
    isFamilyShare: false,
    ...(type === 'NON_RENEWING_PURCHASE' ? {} : { reason: 'DEVELOPER_INITIATED' as const }),
  }
  return { type, key: `${grant.grantId} ${type}`, data }
}
