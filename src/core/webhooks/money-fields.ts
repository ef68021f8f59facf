import type { EventType } from '../events/event.ts'
import type { PurchaseEventData } from '../events/purchase-event-data.ts'
import type { EventFields } from './event-facts.ts'

const MICROS = 1_000_000
const USD = 'USD'

/** What a charge in these events brought is money that came in. */
const CHARGES: ReadonlySet<EventType> = new Set(['INITIAL_PURCHASE', 'RENEWAL', 'NON_RENEWING_PURCHASE'])

/**
 * What an event moved: positive for a charge and for a refund that was undone, negative for a refund, 0 for everything
 * else and in trials. Null where the store told no price.
 *
 * `price` is in US dollars. Purser knows no rates of exchange, so it is null for other currencies, unless it is 0. What
 * the store, taxes and the developer get of it is known for grants only, which cost nothing.
 */
export function moneyFields(type: EventType, kept: Partial<PurchaseEventData>): EventFields {
  if (kept.store === 'promotional') return fieldsOf(USD, 0, 1)
  const told = kept.price ?? null
  const currency = told?.currency ?? null
  if (!movesMoney(type, kept)) return fieldsOf(currency, 0, null)
  if (told === null) return fieldsOf(null, null, null)
  const amount = Math.abs(told.amountMicros) / MICROS
  return fieldsOf(currency, type === 'CANCELLATION' && amount !== 0 ? -amount : amount, null)
}

function movesMoney(type: EventType, { reason, periodType }: Partial<PurchaseEventData>): boolean {
  if (CHARGES.has(type)) return periodType !== 'trial'
  return type === 'REFUND_REVERSED' || (type === 'CANCELLATION' && reason === 'CUSTOMER_SUPPORT')
}

function fieldsOf(currency: string | null, amount: number | null, takehome: number | null): EventFields {
  return {
    currency,
    price: currency === USD || amount === 0 ? amount : null,
    price_in_purchased_currency: amount,
    tax_percentage: null,
    commission_percentage: null,
    takehome_percentage: takehome,
  }
}
