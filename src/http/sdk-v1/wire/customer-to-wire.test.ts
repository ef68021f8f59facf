import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Attribute } from '../../../core/customers/attributes.ts'
import { grantOf } from '../../../core/entitlements/fixtures/grants.ts'
import type { EntitlementGrant } from '../../../core/entitlements/grant.ts'
import type { Purchase } from '../../../core/purchases/purchase.ts'
import { CATALOG, PRODUCTS } from '../fixtures/example-catalog.ts'
import { CUSTOMER, DAY_MS, purchaseOf } from '../fixtures/example-purchase.ts'
import { NOW } from '../fixtures/sdk-app.ts'
import { customerToWire } from './customer-to-wire.ts'

const wire = (
  purchases: Purchase[],
  attributes: Map<string, Attribute> | null = null,
  grants: EntitlementGrant[] = [],
) =>
  customerToWire({
    customer: CUSTOMER,
    purchases,
    grants,
    catalog: CATALOG,
    attributes,
    callerStore: null,
    isSandboxCounted: true,
    now: NOW,
  })

const coins = (parts: Partial<Purchase>) =>
  purchaseOf({ type: 'consumable', productId: 'prod_coins', expiresAt: null, ...parts })

describe('customerToWire', () => {
  it('has every key for a customer without purchases, since SDKs fail on missing ones', () => {
    expect(wire([])).toEqual({
      request_date: '2026-05-01T10:00:00Z',
      request_date_ms: NOW,
      subscriber: {
        entitlements: {},
        first_seen: '2026-03-12T10:00:00Z',
        last_seen: '2026-05-01T10:00:00Z',
        management_url: null,
        non_subscriptions: {},
        original_app_user_id: 'alice',
        original_application_version: null,
        original_purchase_date: null,
        other_purchases: {},
        subscriptions: {},
      },
    })
  })

  it('shows a subscription with all its facts, and the entitlement it gives', () => {
    const { subscriptions, entitlements } = wire([purchaseOf()]).subscriber
    expect(subscriptions).toEqual({
      news_monthly: {
        auto_resume_date: null,
        billing_issues_detected_at: null,
        display_name: 'News monthly',
        expires_date: '2026-05-21T10:00:00Z',
        grace_period_expires_date: null,
        is_sandbox: true,
        management_url: null,
        original_purchase_date: '2026-03-22T10:00:00Z',
        ownership_type: 'PURCHASED',
        period_type: 'normal',
        price: { amount: 9.99, currency: 'USD' },
        product_plan_identifier: null,
        purchase_date: '2026-04-21T10:00:00Z',
        refunded_at: null,
        store: 'test_store',
        store_transaction_id: 'test_1..1',
        unsubscribe_detected_at: null,
      },
    })
    expect(entitlements).toEqual({
      news: {
        expires_date: '2026-05-21T10:00:00Z',
        grace_period_expires_date: null,
        product_identifier: 'news_monthly',
        product_plan_identifier: null,
        purchase_date: '2026-04-21T10:00:00Z',
      },
    })
  })

  it('shows the purchase that ends last where a product was subscribed to several times', () => {
    const ended = purchaseOf({ purchaseId: 'p0', expiresAt: NOW - DAY_MS, storeTransactionId: 'ended' })
    const running = purchaseOf({ purchaseId: 'p1', storeTransactionId: 'running' })
    for (const order of [
      [ended, running],
      [running, ended],
    ]) {
      expect(wire(order).subscriber.subscriptions.news_monthly?.store_transaction_id).toBe('running')
    }
  })

  it('ends a refunded period with its refund, and gives access until the end of a grace period', () => {
    const refundedAt = NOW - DAY_MS
    const refunded = wire([purchaseOf({ refundedAt })]).subscriber
    expect(refunded.subscriptions.news_monthly).toMatchObject({
      expires_date: '2026-04-30T10:00:00Z',
      refunded_at: '2026-04-30T10:00:00Z',
    })
    expect(refunded.entitlements.news?.expires_date).toBe('2026-04-30T10:00:00Z')
    const inGrace = wire([purchaseOf({ expiresAt: NOW - DAY_MS, graceExpiresAt: NOW + DAY_MS })]).subscriber
    expect(inGrace.subscriptions.news_monthly?.expires_date).toBe('2026-05-02T10:00:00Z')
    expect(inGrace.entitlements.news).toMatchObject({
      expires_date: '2026-05-02T10:00:00Z',
      grace_period_expires_date: '2026-05-02T10:00:00Z',
    })
  })

  it('lists one-time purchases with the latest at the end, where SDKs look for it, and mirrors that one', () => {
    const first = coins({ purchaseId: 'p1', purchasedAt: NOW - DAY_MS, originalPurchasedAt: NOW - DAY_MS })
    const second = coins({ purchaseId: 'p2', purchasedAt: NOW, originalPurchasedAt: NOW, price: null })
    const { non_subscriptions, other_purchases } = wire([second, first]).subscriber
    expect(non_subscriptions.coins_100).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{10}$/),
        is_sandbox: true,
        original_purchase_date: '2026-04-30T10:00:00Z',
        purchase_date: '2026-04-30T10:00:00Z',
        store: 'test_store',
        store_transaction_id: 'test_1..1',
        display_name: '100 coins',
        price: { amount: 9.99, currency: 'USD' },
      },
      expect.objectContaining({ purchase_date: '2026-05-01T10:00:00Z', price: null }),
    ])
    expect(other_purchases).toEqual({ coins_100: { purchase_date: '2026-05-01T10:00:00Z' } })
    const ids = (purchases: Purchase[]) => wire(purchases).subscriber.non_subscriptions.coins_100?.map(({ id }) => id)
    expect(new Set(ids([first, second])).size).toBe(2)
    expect(ids([first])).toEqual(ids([second, first])?.slice(0, 1))
  })

  it('leaves out refunded one-time purchases: the JavaScript SDK would take what they unlock for endless', () => {
    const forever = purchaseOf({ type: 'non_consumable', productId: 'prod_forever', expiresAt: null })
    expect(wire([forever]).subscriber.entitlements.news?.expires_date).toBeNull()
    const { non_subscriptions, entitlements } = wire([{ ...forever, refundedAt: NOW }]).subscriber
    expect([non_subscriptions, entitlements]).toEqual([{}, {}])
  })

  it('backs every entitlement with a product of the same answer, whatever was bought', () => {
    const products = Object.values(PRODUCTS)
    const purchase = fc.record({
      product: fc.constantFrom(...products),
      purchaseId: fc.uuid(),
      expiresAt: fc.integer({ min: NOW - 90 * DAY_MS, max: NOW + 90 * DAY_MS }),
      refundedAt: fc.option(fc.integer({ min: NOW - 90 * DAY_MS, max: NOW })),
    })
    fc.assert(
      fc.property(fc.array(purchase, { maxLength: 6 }), (bought) => {
        const purchases = bought.map(({ product: { type, productId, store }, expiresAt, ...facts }) =>
          purchaseOf({ type, productId, store, ...facts, expiresAt: type === 'subscription' ? expiresAt : null }),
        )
        const { entitlements, subscriptions, non_subscriptions } = wire(purchases).subscriber
        for (const { product_identifier } of Object.values(entitlements)) {
          const backing = subscriptions[product_identifier] ?? non_subscriptions[product_identifier]?.at(-1)
          expect(backing).toMatchObject({ original_purchase_date: expect.any(String), is_sandbox: expect.any(Boolean) })
        }
      }),
    )
  })

  it('shows a grant as a subscription of its own that the entitlement names, and the longest of one duration', () => {
    const expiresAt = NOW + 5 * DAY_MS
    const grants = [
      grantOf({ lookupKey: 'Trainee Pro', duration: 'custom', grantedAt: NOW - DAY_MS, expiresAt }),
      grantOf({ lookupKey: 'Trainee Pro', duration: 'custom', grantedAt: NOW, expiresAt: NOW + DAY_MS }),
    ]
    const { entitlements, subscriptions, management_url } = wire([], null, grants).subscriber
    expect(management_url).toBeNull()
    expect(entitlements).toEqual({
      'Trainee Pro': {
        expires_date: '2026-05-06T10:00:00Z',
        grace_period_expires_date: null,
        product_identifier: 'rc_promo_Trainee Pro_custom',
        product_plan_identifier: null,
        purchase_date: '2026-04-30T10:00:00Z',
      },
    })
    expect(subscriptions).toEqual({
      'rc_promo_Trainee Pro_custom': {
        store: 'promotional',
        is_sandbox: false,
        ownership_type: 'PURCHASED',
        period_type: 'normal',
        purchase_date: '2026-04-30T10:00:00Z',
        original_purchase_date: '2026-04-30T10:00:00Z',
        expires_date: '2026-05-06T10:00:00Z',
        grace_period_expires_date: null,
        unsubscribe_detected_at: null,
        billing_issues_detected_at: null,
        refunded_at: null,
        auto_resume_date: null,
        store_transaction_id: '0123456789abcdef0123456789abcdef',
        price: { amount: 0, currency: 'USD' },
        display_name: null,
        product_plan_identifier: null,
        management_url: null,
      },
    })
  })

  it('writes prices as the decimal numbers they are', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (cents) => {
        const price = { amountMicros: cents * 10_000, currency: 'EUR' }
        const amount = wire([purchaseOf({ price })]).subscriber.subscriptions.news_monthly?.price?.amount
        expect(JSON.stringify(amount)).toBe(
          String(Number(`${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`)),
        )
      }),
    )
  })

  it('keeps products whose names are special in JavaScript, and products that left the catalogue', () => {
    const odd = { ...PRODUCTS.coins, productId: 'prod_odd', storeProductId: '__proto__' }
    const catalog = { ...CATALOG, products: new Map([['prod_odd', odd]]) }
    const purchases = [coins({ productId: 'prod_odd' }), coins({ productId: 'prod_gone' })]
    const facts = {
      customer: CUSTOMER,
      purchases,
      grants: [],
      catalog,
      attributes: null,
      callerStore: null,
      isSandboxCounted: true,
      now: NOW,
    }
    const { non_subscriptions } = JSON.parse(JSON.stringify(customerToWire(facts))).subscriber
    expect(Object.keys(non_subscriptions)).toEqual(['__proto__', 'prod_gone'])
  })

  it('shows attributes only when they are given, without deleted ones', () => {
    const attributes = new Map([
      ['$email', { value: 'a@example.com', updatedAt: 5 }],
      ['gone', { value: null, updatedAt: 6 }],
    ])
    expect(wire([], attributes).subscriber.subscriber_attributes).toEqual({
      $email: { value: 'a@example.com', updated_at_ms: 5 },
    })
    expect('subscriber_attributes' in wire([]).subscriber).toBe(false)
  })
})
