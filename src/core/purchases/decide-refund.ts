import type { DomainEvent } from '../events/event.ts'
import type { ChargedPrice, Purchase, PurchaseTransaction, Refund } from './purchase.ts'
import { nothingIn, purchaseEvent } from './purchase-event.ts'

/** What a refund of a charge, or its withdrawal, does to the units that the charge gave. */
export type RefundOrder = {
  kind: 'take_back' | 'give_back'
  storeTransactionId: string
  /** The share of the units, as a fraction of whole numbers. */
  share: { part: number; whole: number }
}

/** A charge whose refund is news, or was withdrawn. */
export type RefundNews = { charge: PurchaseTransaction; before: Refund | null }

const WHOLE = { part: 1, whole: 1 }

/** Charges whose refund differs from what is stored. A store that never names a refund says nothing of it. */
export function refundNews(stored: readonly PurchaseTransaction[], said: readonly PurchaseTransaction[]): RefundNews[] {
  return said.flatMap((charge, index) => {
    const before = stored[index]?.refund ?? null
    return (before?.at ?? null) === (charge.refund?.at ?? null) ? [] : [{ charge, before }]
  })
}

/** What happens to the units. A refund in place of another, such as the whole after a part, is settled anew. */
export function refundOrders({ charge, before }: RefundNews, type: Purchase['type']): RefundOrder[] {
  const { storeTransactionId, refund } = charge
  const back: RefundOrder = { kind: 'give_back', storeTransactionId, share: WHOLE }
  const taken: RefundOrder[] =
    refund === null ? [] : [{ kind: 'take_back', storeTransactionId, share: shareOf(charge, refund, type) }]
  return before === null ? taken : [back, ...taken]
}

/**
 * What is told of it: only the refund of the current period, and only when it takes access away. Of older periods and of
 * parts of a price nothing is told. RevenueCat webhooks, sequences of events.
 */
export function refundEvent({ charge, before }: RefundNews, next: Purchase): DomainEvent | null {
  if (charge.storeTransactionId !== next.storeTransactionId) return null
  if (charge.refund?.endsAccess) {
    const price = moneyBack(charge, next)
    return purchaseEvent('CANCELLATION', next, charge.refund.at, { reason: 'CUSTOMER_SUPPORT', price })
  }
  if (charge.refund !== null || !before?.endsAccess) return null
  return purchaseEvent('REFUND_REVERSED', next, before.at, { price: charge.price })
}

function moneyBack({ price, refund }: PurchaseTransaction, { ownership }: Purchase): ChargedPrice | null {
  if (price === null || ownership === 'FAMILY_SHARED') return nothingIn(price)
  return { ...price, amountMicros: 0 - Math.min(refund?.micros ?? price.amountMicros, price.amountMicros) }
}

/** All that a one-time purchase granted goes, whatever part of its price does. RevenueCat, virtual currency refunds. */
function shareOf({ price }: PurchaseTransaction, { micros }: Refund, type: Purchase['type']): RefundOrder['share'] {
  if (type !== 'subscription' || micros === null || price === null || micros >= price.amountMicros) return WHOLE
  return { part: micros, whole: price.amountMicros }
}
