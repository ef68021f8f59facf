import type { Store } from '../projects/project.ts'
import type { Environment } from '../purchases/purchase.ts'
import { environmentFromWire, storeFromWire } from './store-names.ts'
import { isRecord, textField, textList, timeField } from './wire-fields.ts'

/** One chain of store transactions, as events name it. */
export type ChainKey = { store: Store; environment: Environment; chainId: string }

/** What is read of an event before it is stored. */
export type Envelope = {
  eventId: string
  type: string
  /** When RevenueCat made the event; the same in every attempt to deliver it. */
  toldAt: number
  appUserId: string | null
  /** Null for events that are about no single chain. */
  chain: ChainKey | null
  /** For a transfer: all names of who had the purchases before. */
  transferredFrom: string[] | null
}

/** RevenueCat's ids are UUIDs; this leaves room for other senders and keeps index entries small. */
const EVENT_ID_MAX_LENGTH = 200
const TYPE_MAX_LENGTH = 100

/**
 * Reads the body of a webhook call: `{api_version, event}`. Null when it is no event at all, since then there is no id to
 * remember it by. An event without a time is one of now. RevenueCat webhooks, event fields.
 */
export function envelopeFromBody(body: unknown, receivedAt: number): Envelope | null {
  if (!isRecord(body) || !isRecord(body.event)) return null
  const { event } = body
  const eventId = textField(event.id, EVENT_ID_MAX_LENGTH)
  const type = textField(event.type, TYPE_MAX_LENGTH)
  if (eventId === null || type === null) return null
  return {
    eventId,
    type,
    toldAt: timeField(event.event_timestamp_ms) ?? receivedAt,
    appUserId: textField(event.app_user_id),
    chain: type in CHAIN_TYPES ? chainOf(event) : null,
    transferredFrom: type === 'TRANSFER' ? textList(event.transferred_from) : null,
  }
}

/** Types that are about one chain, and so are folded with the others of that chain. */
export const CHAIN_TYPES = {
  INITIAL_PURCHASE: true,
  RENEWAL: true,
  NON_RENEWING_PURCHASE: true,
  PRODUCT_CHANGE: true,
  CANCELLATION: true,
  UNCANCELLATION: true,
  BILLING_ISSUE: true,
  SUBSCRIPTION_PAUSED: true,
  SUBSCRIPTION_EXTENDED: true,
  EXPIRATION: true,
  REFUND_REVERSED: true,
  TEMPORARY_ENTITLEMENT_GRANT: true,
} as const

export type ChainType = keyof typeof CHAIN_TYPES

/**
 * A subscription is known by its first transaction, a one-time purchase by its only one. Told apart by the event itself and
 * not by the catalogue, so that an event belongs to the same chain for ever.
 */
function chainOf(event: Record<string, unknown>): ChainKey | null {
  const store = storeFromWire(event.store)
  const environment = environmentFromWire(event.environment)
  const transactionId = textField(event.transaction_id)
  const isOneTime = event.type === 'NON_RENEWING_PURCHASE' || event.expiration_at_ms === null
  const chainId = isOneTime ? transactionId : (textField(event.original_transaction_id) ?? transactionId)
  if (store === null || environment === null || chainId === null) return null
  return { store, environment, chainId }
}
