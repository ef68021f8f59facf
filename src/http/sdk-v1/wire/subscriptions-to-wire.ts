import type { Static } from 'typebox'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import { endsLater } from '../../../core/entitlements/entitlements-of.ts'
import { accessEndsAt, type Purchase } from '../../../core/purchases/purchase.ts'
import { withFormer } from '../../../core/purchases/with-former.ts'
import type { WireSubscription } from './customer-info.ts'
import { managementUrlOf } from './management-url.ts'
import { groupByProductKey } from './product-key.ts'
import { dateOrNullToWire, dateToWire, priceToWire } from './values.ts'

type Subscription = Static<typeof WireSubscription>

/** Every product subscribed to, ended ones too, each as the purchase of it that ends last. */
export function subscriptionsToWire(
  purchases: readonly Purchase[],
  catalog: Catalog,
  now: number,
): Record<string, Subscription> {
  const subscriptions = purchases.filter((purchase) => purchase.type === 'subscription').flatMap(withFormer)
  const shown = [...groupByProductKey(subscriptions, catalog)].map(
    ([key, [first, ...others]]) =>
      [key, others.reduce((best, other) => (endsLater(other, best) ? other : best), first as Purchase)] as const,
  )
  return Object.fromEntries(shown.map(([key, purchase]) => [key, subscriptionToWire(purchase, catalog, now)]))
}

/**
 * REST API v1, subscription: in grace the period ends with the grace, after a refund with the refund; a missing owner would
 * break the Android SDK.
 */
function subscriptionToWire(purchase: Purchase, catalog: Catalog, now: number): Subscription {
  return {
    store: purchase.store,
    is_sandbox: purchase.environment === 'sandbox',
    ownership_type: purchase.ownership,
    period_type: purchase.periodType,
    purchase_date: dateToWire(purchase.purchasedAt),
    original_purchase_date: dateToWire(purchase.originalPurchasedAt),
    expires_date: dateOrNullToWire(purchase.refundedAt ?? accessEndsAt(purchase)),
    grace_period_expires_date: dateOrNullToWire(purchase.graceExpiresAt),
    unsubscribe_detected_at: dateOrNullToWire(purchase.unsubscribeDetectedAt),
    billing_issues_detected_at: dateOrNullToWire(purchase.billingIssueDetectedAt),
    refunded_at: dateOrNullToWire(purchase.refundedAt),
    auto_resume_date: dateOrNullToWire(purchase.autoResumeAt),
    store_transaction_id: purchase.storeTransactionId,
    price: priceToWire(purchase.price),
    display_name: catalog.products.get(purchase.productId)?.displayName ?? null,
    product_plan_identifier: null,
    management_url: managementUrlOf(purchase, now),
  }
}
