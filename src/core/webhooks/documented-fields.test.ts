import { expect, test } from 'vitest'
import type { EventType } from '../events/event.ts'
import { grant, paidCoins, paidMonth, told } from './fixtures/example-events.ts'

const COMMON = ['type', 'id', 'event_timestamp_ms']
const PERSON = ['app_user_id', 'original_app_user_id', 'aliases']
const LIFECYCLE = [
  ...COMMON,
  ...PERSON,
  'product_id',
  'period_type',
  'purchased_at_ms',
  'expiration_at_ms',
  'environment',
  'entitlement_id',
  'entitlement_ids',
  'presented_offering_id',
  'transaction_id',
  'original_transaction_id',
  'is_family_share',
  'country_code',
]
/** Of all events about a purchase, in RevenueCat's description: fields that may be absent. */
const LIFECYCLE_SOMETIMES = [
  'app_id',
  'subscriber_attributes',
  'store',
  'currency',
  'price',
  'price_in_purchased_currency',
  'tax_percentage',
  'commission_percentage',
  'takehome_percentage',
  'offer_code',
  'renewal_number',
  'metadata',
  'product_display_name',
  'presented_offering_context',
]
/** Fields that are null in some events; every other one has a value. */
const NULLABLE = new Set([
  'expiration_at_ms',
  'entitlement_id',
  'entitlement_ids',
  'presented_offering_id',
  'transaction_id',
  'original_transaction_id',
  'currency',
  'price',
  'price_in_purchased_currency',
  'tax_percentage',
  'commission_percentage',
  'takehome_percentage',
  'offer_code',
  'renewal_number',
  'metadata',
  'grace_period_expiration_at_ms',
  'redemption_platform',
  'workflow_id',
  'workflow_step_id',
  'trace_id',
])

type Row = { always: string[]; sometimes: string[]; data: Array<Record<string, unknown>> }

const purchases = [{ ...paidMonth }, { ...paidCoins }, { ...grant }, { ...paidMonth, price: null }]
const lifecycle = (always: string[] = [], more: Record<string, unknown> = {}, sometimes: string[] = []): Row => ({
  always: [...LIFECYCLE, ...always],
  sometimes: [...LIFECYCLE_SOMETIMES, ...sometimes],
  data: purchases.map((data) => ({ ...data, ...more })),
})

const REDEEMED = {
  ...{ appId: 'app1', store: 'stripe', environment: 'production', productId: 'prod_monthly', entitlements: ['pro'] },
  ...{ redeemedFrom: ['a'], redeemedBy: ['b'], outcome: 'alias', platform: 'android' },
}

/** Every type that is told: what it always has, and what it may have. A type that is added needs a line. */
const ROWS: Record<Exclude<EventType, 'CUSTOMER_MERGED'>, Row> = {
  INITIAL_PURCHASE: lifecycle(),
  RENEWAL: lifecycle(['is_trial_conversion']),
  CANCELLATION: lifecycle(['cancel_reason'], { reason: 'UNSUBSCRIBE' }),
  UNCANCELLATION: lifecycle(),
  NON_RENEWING_PURCHASE: lifecycle([], { quantity: 2 }, ['quantity']),
  EXPIRATION: lifecycle(['expiration_reason'], { reason: 'UNSUBSCRIBE' }),
  BILLING_ISSUE: lifecycle(['grace_period_expiration_at_ms']),
  PRODUCT_CHANGE: lifecycle([], { newProductId: 'prod_play' }, ['new_product_id']),
  SUBSCRIPTION_PAUSED: lifecycle(['auto_resume_at_ms'], { autoResumeAt: 1 }),
  SUBSCRIPTION_EXTENDED: lifecycle(),
  REFUND_REVERSED: lifecycle(),
  PRICE_INCREASE_CONSENT_REQUIRED: lifecycle(),
  PRICE_INCREASE_CONSENT_APPROVED: lifecycle(),
  PURCHASE_REDEEMED: {
    always: [
      ...[...COMMON, 'app_id', 'store', 'environment', 'product_id', 'entitlement_ids', 'redeemed_from', 'redeemed_by'],
      ...['redemption_outcome', 'redemption_platform', 'workflow_id', 'workflow_step_id', 'trace_id'],
    ],
    sometimes: [],
    data: [REDEEMED, { ...REDEEMED, platform: null }],
  },
  TRANSFER: {
    always: [...COMMON, 'store', 'environment', 'transferred_from', 'transferred_to'],
    sometimes: ['app_id'],
    data: [{ store: 'amazon', environment: 'sandbox', transferredFrom: ['a'], transferredTo: ['b'] }],
  },
  VIRTUAL_CURRENCY_TRANSACTION: {
    always: [...COMMON, ...PERSON, 'adjustments', 'source', 'virtual_currency_transaction_id'],
    sometimes: ['app_id', 'subscriber_attributes'],
    data: [{ transactionId: 'vatx1', source: 'admin_api', adjustments: [] }],
  },
}

test.each(Object.entries(ROWS))('%s always has what it must have, and nothing that is not documented', (type, row) => {
  for (const data of row.data) {
    const event = told(type as EventType, data)
    expect(Object.keys(event)).toEqual(expect.arrayContaining(row.always))
    expect([...row.always, ...row.sometimes]).toEqual(expect.arrayContaining(Object.keys(event)))
    const empty = Object.entries(event).flatMap(([name, value]) =>
      value === null || value === undefined ? [name] : [],
    )
    expect(empty.filter((name) => !NULLABLE.has(name))).toEqual([])
  }
})

test.each(Object.entries(ROWS))('%s never moves money into the wrong direction', (type, { data }) => {
  for (const kept of data) {
    const { price_in_purchased_currency: moved, cancel_reason: reason } = told(type as EventType, kept) as {
      price_in_purchased_currency?: number | null
      cancel_reason?: string
    }
    if (['INITIAL_PURCHASE', 'RENEWAL', 'NON_RENEWING_PURCHASE', 'REFUND_REVERSED'].includes(type)) {
      expect(moved ?? 0).toBeGreaterThanOrEqual(0)
    } else {
      expect([moved ?? 0, reason]).toEqual([0, reason])
    }
  }
})
