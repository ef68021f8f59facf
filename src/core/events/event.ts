import type { PublishedEnvelope } from './published-envelope.ts'

/** Why a customer changed, in RevenueCat's webhook vocabulary where it has a word for it. */
export type EventType =
  | 'INITIAL_PURCHASE'
  | 'RENEWAL'
  | 'CANCELLATION'
  | 'UNCANCELLATION'
  | 'NON_RENEWING_PURCHASE'
  | 'EXPIRATION'
  | 'BILLING_ISSUE'
  | 'PRODUCT_CHANGE'
  | 'SUBSCRIPTION_PAUSED'
  | 'SUBSCRIPTION_EXTENDED'
  | 'REFUND_REVERSED'
  | 'PRICE_INCREASE_CONSENT_REQUIRED'
  | 'PRICE_INCREASE_CONSENT_APPROVED'
  | 'PURCHASE_REDEEMED'
  | 'TRANSFER'
  | 'VIRTUAL_CURRENCY_TRANSACTION'
  | 'CUSTOMER_MERGED'

/**
 * A fact of the outbox. `data` holds everything about the purchase or the ledger transaction; `PurchaseEventData` names
 * the fields of events about a purchase.
 */
export type DomainEvent = {
  type: EventType
  data: Record<string, unknown>
  /**
   * Names the fact among all facts of the customer's project, so that its identifier is the same however often it is
   * found. Without it the fact is new by itself.
   */
  key?: string
}

/** What a client could see differently after a transaction. */
export type ChangeKind =
  | 'usage'
  | 'entitlements'
  | 'profile'
  /** A message of a team's own service, or several that came with a merge. */
  | 'custom'

/** Why a balance or an entitlement changed, as realtime envelopes say it. */
export type ChangeCause =
  | 'admin_adjust'
  | 'consumption'
  /** Units were set aside, used or released. */
  | 'hold'
  /** An operator undid an earlier change. */
  | 'reversal'
  /** A store gave a buyer the money back, or took that back. */
  | 'refund'
  | 'purchase'
  | 'renewal'
  | 'expiration'
  | 'merge'
  | 'transfer'
  /** A team gave access by hand, or took it back. */
  | 'grant'
  | 'grant_revoked'
  | 'profile'
  /** A team's own service published a message. */
  | 'publish'
  /** Tokens of realtime sessions were made worthless. Nothing that a client reads changed. */
  | 'revocation'

/** Told to the rest of the process after commit; a hint only, since the customer's revision is the truth. */
export type CustomerChange = {
  projectId: string
  customerId: string
  revision: number
  kinds: readonly ChangeKind[]
  cause: ChangeCause
  /** The one currency that changed, when it is exactly one. */
  currency: string | null
  occurredAt: number
  /** A customer that was merged into this one in the same transaction. */
  absorbedCustomerId: string | null
  /** The message of a `custom` change. It stays in this process; others read it when they hear of the change. */
  published?: PublishedEnvelope
}
