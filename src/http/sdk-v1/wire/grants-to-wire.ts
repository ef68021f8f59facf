import type { Static } from 'typebox'
import { type EntitlementGrant, grantEndsAt, productKeyOfGrant, shownGrants } from '../../../core/entitlements/grant.ts'
import type { WireSubscription } from './customer-info.ts'
import { dateToWire } from './values.ts'

type Subscription = Static<typeof WireSubscription>

/**
 * Granted entitlements as subscriptions to a product of their own. The period type is `normal`: the Android SDK loses all
 * subscriptions at a word that it does not know. REST API v1, grants.
 */
export function grantsToWire(grants: readonly EntitlementGrant[]): Record<string, Subscription> {
  return Object.fromEntries(shownGrants(grants).map((grant) => [productKeyOfGrant(grant), grantToWire(grant)]))
}

function grantToWire(grant: EntitlementGrant): Subscription {
  const grantedAt = dateToWire(grant.grantedAt)
  return {
    store: 'promotional',
    is_sandbox: false,
    ownership_type: 'PURCHASED',
    period_type: 'normal',
    purchase_date: grantedAt,
    original_purchase_date: grantedAt,
    expires_date: dateToWire(grantEndsAt(grant)),
    grace_period_expires_date: null,
    unsubscribe_detected_at: null,
    billing_issues_detected_at: null,
    refunded_at: null,
    auto_resume_date: null,
    store_transaction_id: grant.storeTransactionId,
    price: { amount: 0, currency: 'USD' },
    display_name: null,
    product_plan_identifier: null,
    management_url: null,
  }
}
