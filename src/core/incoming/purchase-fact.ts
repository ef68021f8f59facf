import { ok, type Result, refuse } from '../lib/result.ts'
import type { PeriodType } from '../purchases/purchase.ts'
import { CHAIN_TYPES, type ChainType } from './envelope.ts'
import { isRecord, textField, textList, timeField } from './wire-fields.ts'

/** An event about one chain, in our terms. */
export type PurchaseFact = {
  eventId: string
  type: ChainType
  toldAt: number
  /** Whom the event names, by the name that RevenueCat prefers, and by all names. */
  appUserId: string
  names: readonly string[]
  /** RevenueCat's id of the app; null when the event is about none. */
  rcAppId: string | null
  storeProductId: string
  transactionId: string
  purchasedAt: number
  expiresAt: number | null
  periodType: PeriodType
  /** In micros; negative when money was given back. */
  price: { amountMicros: number; currency: string } | null
  presentedOffering: string | null
  isFamilyShared: boolean
  cancelReason: string | null
  graceExpiresAt: number | null
}

export type FactRefusal = { code: 'event_incomplete'; problem: string }

const PERIOD_TYPES: Readonly<Record<string, PeriodType>> = {
  TRIAL: 'trial',
  INTRO: 'intro',
  NORMAL: 'normal',
  PROMOTIONAL: 'normal',
  PREPAID: 'prepaid',
}

const MICROS = 1_000_000

/** Reads a stored event about a chain. Refused when it lacks what no event of its type may lack: who, what and when. */
export function factFromEvent(body: unknown, eventId: string, toldAt: number): Result<PurchaseFact, FactRefusal> {
  const event = isRecord(body) && isRecord(body.event) ? body.event : {}
  const appUserId = textField(event.app_user_id)
  const storeProductId = textField(event.product_id)
  const transactionId = textField(event.transaction_id) ?? textField(event.original_transaction_id)
  const purchasedAt = timeField(event.purchased_at_ms)
  if (appUserId === null) return incomplete('app_user_id')
  if (storeProductId === null) return incomplete('product_id')
  if (transactionId === null) return incomplete('transaction_id')
  if (purchasedAt === null) return incomplete('purchased_at_ms')
  if (event.expiration_at_ms !== null && timeField(event.expiration_at_ms) === null) {
    return incomplete('expiration_at_ms')
  }
  return ok({
    eventId,
    type: chainType(event.type),
    toldAt,
    appUserId,
    names: namesIn(event, appUserId),
    rcAppId: textField(event.app_id),
    storeProductId,
    transactionId,
    purchasedAt,
    expiresAt: timeField(event.expiration_at_ms),
    periodType: PERIOD_TYPES[String(event.period_type)] ?? 'normal',
    price: priceOf(event),
    presentedOffering: textField(event.presented_offering_id),
    isFamilyShared: event.is_family_share === true,
    cancelReason: textField(event.cancel_reason),
    graceExpiresAt: timeField(event.grace_period_expiration_at_ms),
  })
}

function chainType(value: unknown): ChainType {
  if (typeof value === 'string' && Object.hasOwn(CHAIN_TYPES, value)) return value as ChainType
  throw new Error('broken invariant: only events about a chain are read as facts')
}

function incomplete(field: string): { ok: false; refusal: FactRefusal } {
  return refuse({ code: 'event_incomplete', problem: `${field} is missing or not what it should be` })
}

/** All names of the customer an event is about, each once, the preferred one first. */
function namesIn(event: Record<string, unknown>, appUserId: string): string[] {
  const original = textField(event.original_app_user_id)
  return [...new Set([appUserId, ...textList(event.aliases), ...(original === null ? [] : [original])])]
}

/** What was paid in the buyer's currency; in US dollars where only those are told. */
function priceOf(event: Record<string, unknown>): PurchaseFact['price'] {
  const currency = textField(event.currency)
  const paid = event.price_in_purchased_currency
  if (currency !== null && isAmount(paid)) return { amountMicros: Math.round(paid * MICROS), currency }
  return isAmount(event.price) ? { amountMicros: Math.round(event.price * MICROS), currency: 'USD' } : null
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(Math.round(value * MICROS))
}
