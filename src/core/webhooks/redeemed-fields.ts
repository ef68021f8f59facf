import type { PurchaseRedeemedData } from '../events/purchase-redeemed-data.ts'
import type { EventFacts, EventFields, OutboxEvent } from './event-facts.ts'
import { appField, listOrNull, wireWord } from './field-values.ts'

/**
 * A purchase that was taken along into an app by a link. Purser has no workflows, so what names one is null. RevenueCat
 * webhooks, PURCHASE_REDEEMED.
 */
export function redeemedFields({ data }: OutboxEvent, { products }: EventFacts): EventFields {
  const kept: Partial<PurchaseRedeemedData> = data
  return {
    ...appField(kept.appId),
    store: wireWord(kept.store),
    environment: wireWord(kept.environment),
    product_id: products.get(kept.productId ?? '')?.storeProductId ?? kept.productId ?? null,
    entitlement_ids: listOrNull(kept.entitlements),
    redeemed_from: kept.redeemedFrom ?? [],
    redeemed_by: kept.redeemedBy ?? [],
    redemption_outcome: kept.outcome ?? null,
    redemption_platform: kept.platform ?? null,
    workflow_id: null,
    workflow_step_id: null,
    trace_id: null,
  }
}
