import type { DomainEvent, EventType } from '../events/event.ts'

/** A new type of event does not compile until it is here. RevenueCat tells nothing of a log-in that joins two customers. */
const IS_TOLD = {
  INITIAL_PURCHASE: true,
  RENEWAL: true,
  CANCELLATION: true,
  UNCANCELLATION: true,
  NON_RENEWING_PURCHASE: true,
  EXPIRATION: true,
  BILLING_ISSUE: true,
  PRODUCT_CHANGE: true,
  SUBSCRIPTION_PAUSED: true,
  SUBSCRIPTION_EXTENDED: true,
  REFUND_REVERSED: true,
  PRICE_INCREASE_CONSENT_REQUIRED: true,
  PRICE_INCREASE_CONSENT_APPROVED: true,
  PURCHASE_REDEEMED: true,
  TRANSFER: true,
  VIRTUAL_CURRENCY_TRANSACTION: true,
  CUSTOMER_MERGED: false,
} as const satisfies Record<EventType, boolean>

/** The types of events that the outside can be told of: what feeds show and endpoints choose among. */
export const TOLD_TYPES: readonly EventType[] = (Object.keys(IS_TOLD) as EventType[]).filter((type) => IS_TOLD[type])

/**
 * Whether the outside is told of an event: always, where the project asked for changes by operators and APIs, or never.
 * `kept_if_asked`: it is there for those who ask alone, so without them it is not even written.
 */
export type Telling = 'always' | 'if_asked' | 'kept_if_asked' | 'never'

/** Which events of the outbox go to the feed and to receivers. RevenueCat tells nothing of changes through its own API. */
export function toldOutside({ type, data }: Pick<DomainEvent, 'type' | 'data'>): Telling {
  if (!IS_TOLD[type]) return 'never'
  if (type !== 'VIRTUAL_CURRENCY_TRANSACTION') return 'always'
  if (data.source === 'developer_api') return 'kept_if_asked'
  return data.source === 'admin_api' ? 'if_asked' : 'always'
}
