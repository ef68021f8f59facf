import type { DomainEvent, EventType } from '../events/event.ts'
import type { Purchase, PurchaseTransaction } from './purchase.ts'

/** The fact that is written to the outbox when a purchase changes. A charge's own figures win over the chain's current ones. */
export function purchaseEvent(
  type: EventType,
  purchase: Purchase,
  charge: PurchaseTransaction | null,
  details: Record<string, unknown> = {},
): DomainEvent {
  const facts = charge ?? purchase
  return {
    type,
    data: {
      purchaseId: purchase.purchaseId,
      appId: purchase.appId,
      store: purchase.store,
      environment: purchase.environment,
      productId: facts.productId,
      periodType: facts.periodType,
      purchasedAt: facts.purchasedAt,
      expiresAt: facts.expiresAt,
      transactionId: facts.storeTransactionId,
      originalTransactionId: purchase.storePurchaseId,
      price: facts.price,
      renewalNumber: charge?.number ?? purchase.renewalNumber,
      presentedOffering: purchase.presentedOffering,
      ...details,
    },
  }
}
