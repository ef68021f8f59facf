/** Why a renewal was switched off, or access ended. RevenueCat webhooks, cancel and expiration reasons. */
export type EndReason =
  | 'UNSUBSCRIBE'
  | 'BILLING_ERROR'
  | 'DEVELOPER_INITIATED'
  | 'PRICE_INCREASE'
  | 'CUSTOMER_SUPPORT'
  | 'SUBSCRIPTION_PAUSED'
  | 'UNKNOWN'
