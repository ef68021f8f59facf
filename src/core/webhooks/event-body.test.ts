import { expect, it, test } from 'vitest'
import type { EventType } from '../events/event.ts'
import type { PurchaseEventData } from '../events/purchase-event-data.ts'
import { eventBody } from './event-body.ts'
import type { EventFacts } from './event-facts.ts'
import { facts, grant, HAPPENED_AT, paidCoins, paidMonth, told, WEBHOOK_ID } from './fixtures/example-events.ts'

/** What a receiver gets of a renewal for money, every field with its value. */
const RENEWAL = {
  type: 'RENEWAL',
  id: '5B2C0E0C-6C0B-8B53-9C3B-0B7B7C9E7F11',
  app_id: 'app1a2b3c4d5e',
  event_timestamp_ms: 1_777_629_605_123,
  product_id: 'com.example.monthly',
  product_display_name: 'Monthly',
  period_type: 'NORMAL',
  purchased_at_ms: 1_777_629_491_000,
  expiration_at_ms: 1_780_307_891_000,
  environment: 'PRODUCTION',
  entitlement_id: null,
  entitlement_ids: ['pro'],
  presented_offering_id: 'default',
  transaction_id: '2000000000000003',
  original_transaction_id: '2000000000000002',
  is_family_share: false,
  country_code: 'DE',
  app_user_id: 'user-42',
  aliases: ['user-42', '$RCAnonymousID:8b5d0d8b6d3f4a0c9a1f6a7e2d1c0b9a'],
  original_app_user_id: '$RCAnonymousID:8b5d0d8b6d3f4a0c9a1f6a7e2d1c0b9a',
  currency: 'EUR',
  is_trial_conversion: false,
  price: null,
  price_in_purchased_currency: 4.99,
  subscriber_attributes: { $email: { value: 'a@example.com', updated_at_ms: 1_777_500_000_000 } },
  store: 'APP_STORE',
  takehome_percentage: null,
  tax_percentage: null,
  commission_percentage: null,
  offer_code: null,
  renewal_number: 2,
  metadata: null,
}
const { is_trial_conversion: _, ...SHARED } = RENEWAL
/** What events without money say. */
const FREE = { ...SHARED, price: 0, price_in_purchased_currency: 0 }

type Case = [EventType, string, Partial<PurchaseEventData>, Record<string, unknown>]

test.each<Case>([
  ['RENEWAL', 'a paid month', {}, RENEWAL],
  ['RENEWAL', 'the first month after a trial', { isTrialConversion: true }, { ...RENEWAL, is_trial_conversion: true }],
  ['INITIAL_PURCHASE', 'a paid month', { renewalNumber: 1 }, { ...SHARED, renewal_number: 1 }],
  [
    'INITIAL_PURCHASE',
    'a trial, which costs nothing whatever it will cost',
    { periodType: 'trial' },
    { ...FREE, period_type: 'TRIAL' },
  ],
  [
    'INITIAL_PURCHASE',
    'a price in US dollars, in both fields',
    { price: { amountMicros: 9_990_000, currency: 'USD' } },
    { ...SHARED, currency: 'USD', price: 9.99, price_in_purchased_currency: 9.99 },
  ],
  [
    'INITIAL_PURCHASE',
    'a price that the store did not tell',
    { price: null },
    { ...SHARED, currency: null, price: null, price_in_purchased_currency: null },
  ],
  [
    'INITIAL_PURCHASE',
    'a base plan of Google Play, after the subscription',
    { productId: 'prod_play', store: 'play_store', offerCode: 'SPRING' },
    { ...SHARED, product_id: 'premium:monthly', store: 'PLAY_STORE', offer_code: 'SPRING' },
  ],
  [
    'INITIAL_PURCHASE',
    'what a family shares',
    { isFamilyShare: true, price: { amountMicros: 0, currency: 'EUR' } },
    { ...FREE, is_family_share: true },
  ],
  ['CANCELLATION', 'renewal switched off', { reason: 'UNSUBSCRIBE' }, { ...FREE, cancel_reason: 'UNSUBSCRIBE' }],
  ['CANCELLATION', 'a charge that failed', { reason: 'BILLING_ERROR' }, { ...FREE, cancel_reason: 'BILLING_ERROR' }],
  [
    'CANCELLATION',
    'a refund, with the amount below zero',
    { reason: 'CUSTOMER_SUPPORT', price: { amountMicros: -4_990_000, currency: 'EUR' } },
    { ...SHARED, cancel_reason: 'CUSTOMER_SUPPORT', price_in_purchased_currency: -4.99 },
  ],
  ['UNCANCELLATION', 'renewal switched on', {}, FREE],
  ['EXPIRATION', 'the end', { reason: 'BILLING_ERROR' }, { ...FREE, expiration_reason: 'BILLING_ERROR' }],
  [
    'BILLING_ISSUE',
    'with grace',
    { graceExpiresAt: 1_780_900_000_000 },
    { ...FREE, grace_period_expiration_at_ms: 1_780_900_000_000 },
  ],
  ['BILLING_ISSUE', 'without grace', { graceExpiresAt: null }, { ...FREE, grace_period_expiration_at_ms: null }],
  [
    'SUBSCRIPTION_PAUSED',
    'until a day',
    { autoResumeAt: 1_790_000_000_000 },
    { ...FREE, auto_resume_at_ms: 1_790_000_000_000 },
  ],
  [
    'PRODUCT_CHANGE',
    'to a known product',
    { newProductId: 'prod_play' },
    { ...FREE, new_product_id: 'premium:monthly' },
  ],
  ['PRODUCT_CHANGE', 'to a product that is not told', {}, FREE],
  ['SUBSCRIPTION_EXTENDED', 'a later end', {}, FREE],
  ['REFUND_REVERSED', 'the money is back', {}, SHARED],
  ['PRICE_INCREASE_CONSENT_REQUIRED', 'asked', {}, FREE],
  ['PRICE_INCREASE_CONSENT_APPROVED', 'accepted', {}, FREE],
])('%s has exactly the fields that are documented: %s', (type, _what, changed, expected) => {
  expect(told(type, { ...paidMonth, ...changed })).toEqual({ ...expected, type })
})

test('NON_RENEWING_PURCHASE has exactly the fields that are documented: no end, and null for no entitlement', () => {
  expect(told('NON_RENEWING_PURCHASE', { ...paidCoins, quantity: 3 })).toEqual({
    ...SHARED,
    type: 'NON_RENEWING_PURCHASE',
    product_id: 'coins_100',
    product_display_name: '100 coins',
    purchased_at_ms: 1_777_629_600_000,
    expiration_at_ms: null,
    entitlement_ids: null,
    presented_offering_id: null,
    transaction_id: '2000000000000009',
    original_transaction_id: '2000000000000009',
    currency: 'USD',
    price: 0.99,
    price_in_purchased_currency: 0.99,
    renewal_number: 1,
    quantity: 3,
  })
})

const { app_id: _app, product_display_name: _name, ...WITHOUT_APP } = SHARED
const GRANT = {
  ...WITHOUT_APP,
  product_id: 'rc_promo_pro_monthly',
  period_type: 'PROMOTIONAL',
  store: 'PROMOTIONAL',
  presented_offering_id: null,
  transaction_id: 'entg1',
  original_transaction_id: 'entg1',
  currency: 'USD',
  price: 0,
  price_in_purchased_currency: 0,
  takehome_percentage: 1,
  renewal_number: null,
}

test.each<[EventType, Partial<PurchaseEventData>, Record<string, unknown>]>([
  ['NON_RENEWING_PURCHASE', {}, GRANT],
  [
    'NON_RENEWING_PURCHASE',
    { storeProductId: 'rc_promo_pro_lifetime', expiresAt: null },
    { ...GRANT, product_id: 'rc_promo_pro_lifetime', expiration_at_ms: null },
  ],
  ['CANCELLATION', { reason: 'DEVELOPER_INITIATED' }, { ...GRANT, cancel_reason: 'DEVELOPER_INITIATED' }],
  ['EXPIRATION', { reason: 'UNSUBSCRIBE' }, { ...GRANT, expiration_reason: 'UNSUBSCRIBE' }],
])('%s of a granted entitlement has no app and costs nothing', (type, changed, expected) => {
  expect(told(type, { ...grant, ...changed })).toEqual({ ...expected, type })
})

it('is one text for one event, whatever is asked when', () => {
  const event = { webhookId: WEBHOOK_ID, type: 'RENEWAL' as const, occurredAt: HAPPENED_AT, data: paidMonth }
  expect(eventBody(event, facts)).toBe(eventBody(structuredClone(event), facts))
  expect(eventBody(event, facts)).toMatch(/^\{"api_version":"1\.0","event":\{"type":"RENEWAL","id":"5B2C/)
})

it('tells an event that was written before a field was known', () => {
  expect(told('EXPIRATION', { store: 'test_store', productId: 'gone' })).toMatchObject({
    product_id: 'gone',
    entitlement_ids: null,
    is_family_share: false,
    expiration_reason: 'UNKNOWN',
    price: 0,
  })
})

const PLACED = { placement: 'home', targeting: { revision: 3, ruleId: 'rule7' } }

test.each<[string, EventFacts['presented'], Record<string, unknown> | undefined]>([
  ['nothing', null, undefined],
  ['neither a placement nor a rule', { paywall: { locale: 'de' }, workflowId: 'wf1' }, undefined],
  ['both', PLACED, { placement_identifier: 'home', targeting_revision: 3, targeting_rule_id: 'rule7' }],
  [
    'a placement alone',
    { placement: 'home' },
    { placement_identifier: 'home', targeting_revision: null, targeting_rule_id: null },
  ],
  [
    'a rule alone',
    { targeting: PLACED.targeting },
    { placement_identifier: null, targeting_revision: 3, targeting_rule_id: 'rule7' },
  ],
])('where an offering was shown is told as the app told it, which is %s', (_what, presented, expected) => {
  expect(told('RENEWAL', { ...paidMonth }, { presented }).presented_offering_context).toEqual(expected)
})
