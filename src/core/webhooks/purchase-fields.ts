import type { Product } from '../catalog/catalog.ts'
import type { PurchaseEventData } from '../events/purchase-event-data.ts'
import type { EventFacts, EventFields, OutboxEvent } from './event-facts.ts'
import { appField, listOrNull, wireWord } from './field-values.ts'
import { moneyFields } from './money-fields.ts'
import { presentedFields } from './presented-fields.ts'

/** What was kept of a purchase. Events that were written before a field was known lack it. */
type Kept = Partial<PurchaseEventData>

/**
 * The fields of all events about one purchase: its life from the first charge to the end of access. RevenueCat webhooks,
 * subscription lifecycle fields and type-specific fields.
 */
export function purchaseFields({ type, data }: OutboxEvent, { person, products, presented }: EventFacts): EventFields {
  const kept: Kept = data
  const product = products.get(kept.productId ?? '')
  return {
    ...appField(kept.appId),
    product_id: kept.storeProductId ?? product?.storeProductId ?? kept.productId ?? null,
    ...(product !== undefined && { product_display_name: product.displayName }),
    period_type: wireWord(kept.periodType),
    purchased_at_ms: kept.purchasedAt ?? null,
    expiration_at_ms: kept.expiresAt ?? null,
    environment: wireWord(kept.environment),
    entitlement_id: null,
    entitlement_ids: entitlementIds(kept, product),
    presented_offering_id: kept.presentedOffering ?? null,
    ...presentedFields(presented),
    transaction_id: kept.transactionId ?? null,
    original_transaction_id: kept.originalTransactionId ?? null,
    is_family_share: kept.isFamilyShare ?? false,
    country_code: person.country,
    store: wireWord(kept.store),
    ...moneyFields(type, kept),
    offer_code: kept.offerCode ?? null,
    renewal_number: kept.renewalNumber ?? null,
    metadata: null,
    ...(kept.quantity !== undefined && { quantity: kept.quantity }),
    ...ownFields(type, kept, products),
  }
}

function entitlementIds({ grantedEntitlement }: Kept, product: Product | undefined): readonly string[] | null {
  return grantedEntitlement === undefined ? listOrNull(product?.entitlements) : [grantedEntitlement]
}

function ownFields(type: OutboxEvent['type'], kept: Kept, products: EventFacts['products']): EventFields {
  switch (type) {
    case 'RENEWAL':
      return { is_trial_conversion: kept.isTrialConversion ?? false }
    case 'CANCELLATION':
      return { cancel_reason: kept.reason ?? 'UNKNOWN' }
    case 'EXPIRATION':
      return { expiration_reason: kept.reason ?? 'UNKNOWN' }
    case 'BILLING_ISSUE':
      return { grace_period_expiration_at_ms: kept.graceExpiresAt ?? null }
    case 'SUBSCRIPTION_PAUSED':
      return { auto_resume_at_ms: kept.autoResumeAt ?? null }
    case 'PRODUCT_CHANGE': {
      const next = products.get(kept.newProductId ?? '')?.storeProductId ?? kept.newProductId
      return next === undefined ? {} : { new_product_id: next }
    }
    default:
      return {}
  }
}
