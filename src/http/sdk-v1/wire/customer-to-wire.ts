import type { Static } from 'typebox'
import type { Catalog } from '../../../core/catalog/catalog.ts'
import type { Attributes } from '../../../core/customers/attributes.ts'
import type { Customer } from '../../../core/customers/customer.ts'
import { type EntitlementSource, entitlementsOf } from '../../../core/entitlements/entitlements-of.ts'
import { type EntitlementGrant, productKeyOfGrant } from '../../../core/entitlements/grant.ts'
import { purchasesInForce } from '../../../core/entitlements/testing-access.ts'
import type { Store } from '../../../core/projects/project.ts'
import type { Purchase } from '../../../core/purchases/purchase.ts'
import type { CustomerInfo, WireAttribute, WireEntitlement } from './customer-info.ts'
import { grantsToWire } from './grants-to-wire.ts'
import { managementUrl } from './management-url.ts'
import { oneTimePurchasesToWire, otherPurchasesOf } from './one-time-purchases-to-wire.ts'
import { productKeyOf } from './product-key.ts'
import { subscriptionsToWire } from './subscriptions-to-wire.ts'
import { dateOrNullToWire, dateToWire } from './values.ts'

export type CustomerFacts = {
  customer: Customer
  purchases: readonly Purchase[]
  grants: readonly EntitlementGrant[]
  catalog: Catalog
  /** Null for callers that may not see them. */
  attributes: Attributes | null
  /** The store of the calling app; null for a server. */
  callerStore: Store | null
  /** Whether the customer's sandbox purchases give access. */
  isSandboxCounted: boolean
  now: number
}

/**
 * The customer info answer of RevenueCat REST API v1. Objects with names from outside are built by `fromEntries`: a
 * product called `__proto__` must be a key like any other.
 */
export function customerToWire({
  customer,
  purchases,
  grants,
  catalog,
  attributes,
  callerStore,
  isSandboxCounted,
  now,
}: CustomerFacts): CustomerInfo {
  const oneTime = oneTimePurchasesToWire(purchases, catalog)
  return {
    request_date: dateToWire(now),
    request_date_ms: now,
    subscriber: {
      entitlements: entitlementsToWire(purchasesInForce(purchases, isSandboxCounted), grants, catalog),
      first_seen: dateToWire(customer.firstSeenAt),
      last_seen: dateToWire(customer.lastSeenAt),
      management_url: managementUrl(purchases, callerStore, now),
      non_subscriptions: oneTime,
      original_app_user_id: customer.originalAppUserId,
      original_application_version: null,
      original_purchase_date: null,
      other_purchases: otherPurchasesOf(oneTime),
      subscriptions: { ...grantsToWire(grants), ...subscriptionsToWire(purchases, catalog, now) },
      ...(attributes === null ? {} : { subscriber_attributes: attributesToWire(attributes) }),
    },
  }
}

/** Each names a product that is among the purchases or grants of the same answer: SDKs drop or refuse any other. */
function entitlementsToWire(
  purchases: readonly Purchase[],
  grants: readonly EntitlementGrant[],
  catalog: Catalog,
): Record<string, Static<typeof WireEntitlement>> {
  return Object.fromEntries(
    entitlementsOf(purchases, grants, catalog).map(({ lookupKey, purchasedAt, expiresAt, ...source }) => [
      lookupKey,
      {
        expires_date: dateOrNullToWire(expiresAt),
        grace_period_expires_date: dateOrNullToWire(source.purchase?.graceExpiresAt ?? null),
        product_identifier: sourceKeyOf(source, catalog),
        product_plan_identifier: null,
        purchase_date: dateToWire(purchasedAt),
      },
    ]),
  )
}

function sourceKeyOf({ purchase, grant }: EntitlementSource, catalog: Catalog): string {
  return purchase === null ? productKeyOfGrant(grant) : productKeyOf(purchase, catalog)
}

function attributesToWire(attributes: Attributes): Record<string, Static<typeof WireAttribute>> {
  return Object.fromEntries(
    [...attributes].flatMap(([key, { value, updatedAt }]) =>
      value === null ? [] : [[key, { value, updated_at_ms: updatedAt }]],
    ),
  )
}
