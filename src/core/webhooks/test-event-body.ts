import { DAY_MS } from '../lib/clock.ts'
import { bodyText } from './event-body.ts'

/** How long the invented subscription of a test event runs. */
const SAMPLE_PERIOD_MS = 30 * DAY_MS

/** Who asks for a test event, and for which app. */
export type TestEventInput = {
  webhookId: string
  occurredAt: number
  /** Null for a receiver of all apps. */
  appId: string | null
}

/**
 * The body of an event that was asked for by hand. It has the fields of a purchase with invented values, is sent once
 * and is in no feed. RevenueCat webhooks, TEST.
 */
export function testEventBody({ webhookId, occurredAt, appId }: TestEventInput): string {
  return bodyText({
    type: 'TEST',
    id: webhookId,
    ...(appId !== null && { app_id: appId }),
    product_id: 'test_product',
    product_display_name: 'Test product',
    period_type: 'NORMAL',
    purchased_at_ms: occurredAt,
    expiration_at_ms: occurredAt + SAMPLE_PERIOD_MS,
    environment: 'SANDBOX',
    entitlement_id: null,
    entitlement_ids: ['test_entitlement'],
    presented_offering_id: null,
    transaction_id: 'test_transaction',
    original_transaction_id: 'test_transaction',
    is_family_share: false,
    country_code: 'US',
    store: 'TEST_STORE',
    currency: 'USD',
    price: 0,
    price_in_purchased_currency: 0,
    tax_percentage: null,
    commission_percentage: null,
    takehome_percentage: null,
    offer_code: null,
    renewal_number: 1,
    metadata: null,
    app_user_id: 'test_user',
    original_app_user_id: 'test_user',
    aliases: ['test_user'],
    subscriber_attributes: {},
    event_timestamp_ms: occurredAt,
  })
}
