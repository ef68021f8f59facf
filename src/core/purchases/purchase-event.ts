import type { DomainEvent, EventType } from '../events/event.ts'
import type { PurchaseEventData } from '../events/purchase-event-data.ts'
import type { ChargedPrice, Purchase, PurchaseTransaction } from './purchase.ts'

type Details = Partial<Omit<PurchaseEventData, 'purchaseId' | 'store'>>

/**
 * The fact that is written to the outbox when a purchase changes. It moves no money unless `details` say otherwise.
 * `discriminator` tells it from other facts of its type about the same chain: the charge and the instant that it is about.
 */
export function purchaseEvent(
  type: EventType,
  purchase: Purchase,
  discriminator: string | number,
  details: Details = {},
): DomainEvent {
  const data: PurchaseEventData = {
    purchaseId: purchase.purchaseId,
    appId: purchase.appId,
    store: purchase.store,
    environment: purchase.environment,
    productId: purchase.productId,
    periodType: purchase.periodType,
    purchasedAt: purchase.purchasedAt,
    expiresAt: purchase.expiresAt,
    transactionId: purchase.storeTransactionId,
    originalTransactionId: purchase.storePurchaseId,
    price: nothingIn(purchase.price),
    renewalNumber: purchase.renewalNumber,
    presentedOffering: purchase.presentedOffering,
    isFamilyShare: purchase.ownership === 'FAMILY_SHARED',
    ...details,
  }
  return { type, data, key: [purchase.purchaseId, type, purchase.storeTransactionId, discriminator].join(' ') }
}

/** The event of a charge, with the charge's own figures. */
export function chargeEvent(
  purchase: Purchase,
  charge: PurchaseTransaction,
  before: Pick<PurchaseTransaction, 'periodType'> | null,
): DomainEvent {
  const isSubscription = purchase.type === 'subscription'
  const type = isSubscription ? (charge.number === 1 ? 'INITIAL_PURCHASE' : 'RENEWAL') : 'NON_RENEWING_PURCHASE'
  const isTrialConversion = before?.periodType === 'trial' && charge.periodType !== 'trial'
  const event = purchaseEvent(type, purchase, charge.number, {
    productId: charge.productId,
    periodType: charge.periodType,
    purchasedAt: charge.purchasedAt,
    expiresAt: charge.expiresAt,
    transactionId: charge.storeTransactionId,
    price: purchase.ownership === 'FAMILY_SHARED' ? nothingIn(charge.price) : charge.price,
    renewalNumber: charge.number,
    offerCode: charge.offerCode,
    ...(type === 'RENEWAL' && { isTrialConversion }),
    ...(charge.quantity !== 1 && { quantity: charge.quantity }),
  })
  return { ...event, key: [purchase.purchaseId, type, charge.storeTransactionId].join(' ') }
}

/** An amount of zero: events that move no money still say in which currency the purchase was made. */
export function nothingIn(price: ChargedPrice | null): ChargedPrice | null {
  return price && { ...price, amountMicros: 0 }
}
