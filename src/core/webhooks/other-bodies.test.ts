import { expect, it, test } from 'vitest'
import { HAPPENED_AT, paidMonth, told, WEBHOOK_ID } from './fixtures/example-events.ts'
import { toldAppUserId } from './person-fields.ts'
import { testEventBody } from './test-event-body.ts'
import { toldOutside } from './told-outside.ts'
import { webhookIdOf } from './webhook-id.ts'

const COMMON = { id: WEBHOOK_ID, event_timestamp_ms: HAPPENED_AT }
const PERSON = {
  app_user_id: 'user-42',
  original_app_user_id: '$RCAnonymousID:8b5d0d8b6d3f4a0c9a1f6a7e2d1c0b9a',
  aliases: ['user-42', '$RCAnonymousID:8b5d0d8b6d3f4a0c9a1f6a7e2d1c0b9a'],
  subscriber_attributes: { $email: { value: 'a@example.com', updated_at_ms: 1_777_500_000_000 } },
}
const COINS = { appId: 'app1', store: 'play_store', environment: 'production', productId: 'prod_coins' } as const

test('TRANSFER names the customers by all their ids and nothing else about them', () => {
  const data = {
    purchaseId: 'purch1',
    store: 'app_store',
    environment: 'production',
    transferredFrom: ['user-1'],
    transferredTo: ['user-2', '$RCAnonymousID:1'],
  }
  expect(told('TRANSFER', data, { charge: COINS })).toEqual({
    ...COMMON,
    type: 'TRANSFER',
    app_id: 'app1',
    store: 'APP_STORE',
    environment: 'PRODUCTION',
    transferred_from: ['user-1'],
    transferred_to: ['user-2', '$RCAnonymousID:1'],
  })
})

test('PURCHASE_REDEEMED has exactly the fields that are documented', () => {
  const data = {
    purchaseId: 'purch1',
    appId: 'app1',
    redeemingAppId: 'app2',
    store: 'rc_billing',
    environment: 'production',
    productId: 'prod_monthly',
    entitlements: ['pro'],
    redeemedFrom: ['$RCAnonymousID:1'],
    redeemedBy: ['user-42'],
    outcome: 'transfer',
    platform: 'ios',
  }
  const expected = {
    ...COMMON,
    type: 'PURCHASE_REDEEMED',
    app_id: 'app1',
    store: 'RC_BILLING',
    environment: 'PRODUCTION',
    product_id: 'com.example.monthly',
    entitlement_ids: ['pro'],
    redeemed_from: ['$RCAnonymousID:1'],
    redeemed_by: ['user-42'],
    redemption_outcome: 'transfer',
    redemption_platform: 'ios',
    workflow_id: null,
    workflow_step_id: null,
    trace_id: null,
  }
  expect(told('PURCHASE_REDEEMED', data)).toEqual(expected)
  expect(told('PURCHASE_REDEEMED', { ...data, entitlements: [], platform: null })).toEqual({
    ...expected,
    entitlement_ids: null,
    redemption_platform: null,
  })
})

const GRANTED = {
  transactionId: 'vatx0123456789abcdef',
  source: 'in_app_purchase',
  purchaseId: 'purch1',
  storeTransactionId: 'GPA.1111-2222-3333-44444',
  adjustments: [
    { currency: 'GLD', amount: 100 },
    { currency: 'SLV', amount: -5 },
  ],
}
const ADJUSTMENTS = [
  { amount: 100, currency: { code: 'GLD', name: 'Gold', description: 'Main currency' } },
  { amount: -5, currency: { code: 'SLV', name: 'Silver', description: null } },
]

test('VIRTUAL_CURRENCY_TRANSACTION of a charge has exactly the fields that are documented', () => {
  expect(told('VIRTUAL_CURRENCY_TRANSACTION', GRANTED, { charge: COINS })).toEqual({
    ...COMMON,
    ...PERSON,
    type: 'VIRTUAL_CURRENCY_TRANSACTION',
    app_id: 'app1',
    adjustments: ADJUSTMENTS,
    product_id: 'coins_100',
    product_display_name: '100 coins',
    purchase_environment: 'PRODUCTION',
    source: 'in_app_purchase',
    store: 'PLAY_STORE',
    transaction_id: 'GPA.1111-2222-3333-44444',
    virtual_currency_transaction_id: 'vatx0123456789abcdef',
  })
})

test('VIRTUAL_CURRENCY_TRANSACTION of an operator names no app and no charge', () => {
  const { transactionId, adjustments } = GRANTED
  expect(told('VIRTUAL_CURRENCY_TRANSACTION', { transactionId, source: 'admin_api', adjustments })).toEqual({
    ...COMMON,
    ...PERSON,
    type: 'VIRTUAL_CURRENCY_TRANSACTION',
    adjustments: ADJUSTMENTS,
    source: 'admin_api',
    virtual_currency_transaction_id: 'vatx0123456789abcdef',
  })
})

test('TEST has the fields of a purchase, and no app for a receiver of all apps', () => {
  const of = (appId: string | null) =>
    (JSON.parse(testEventBody({ webhookId: WEBHOOK_ID, occurredAt: HAPPENED_AT, appId })) as { event: object }).event
  const lifecycle = Object.keys(told('INITIAL_PURCHASE', { ...paidMonth }))
  expect(Object.keys(of('app1')).sort()).toEqual(lifecycle.sort())
  expect(of('app1')).toMatchObject({ ...COMMON, type: 'TEST', app_id: 'app1', environment: 'SANDBOX' })
  expect(of(null)).not.toHaveProperty('app_id')
})

const ANONYMOUS = [`$RCAnonymousID:${'1'.repeat(32)}`, `$RCAnonymousID:${'2'.repeat(32)}`] as const

it.each([
  [
    'the identified one, though an anonymous one was seen later',
    [
      ['b', 1],
      [ANONYMOUS[0], 9],
    ],
    'b',
  ],
  [
    'of several identified ones that seen last',
    [
      ['b', 1],
      ['c', 3],
      ['d', 2],
    ],
    'c',
  ],
  [
    'of anonymous ones alone that seen last',
    [
      [ANONYMOUS[0], 1],
      [ANONYMOUS[1], 2],
    ],
    ANONYMOUS[1],
  ],
  ['nobody without a name', [], null],
] as Array<[string, Array<[string, number]>, string | null]>)('app_user_id is %s', (_what, names, expected) => {
  expect(toldAppUserId(names.map(([appUserId, lastSeenAt]) => ({ appUserId, lastSeenAt })))).toBe(expected)
})

it('tells a merge to nobody, and changes by an API to those who asked', () => {
  const transaction = (source: string) =>
    toldOutside({ type: 'VIRTUAL_CURRENCY_TRANSACTION', data: { ...GRANTED, source } })
  expect(toldOutside({ type: 'CUSTOMER_MERGED', data: {} })).toBe('never')
  expect(transaction('admin_api')).toBe('if_asked')
  expect(transaction('developer_api')).toBe('kept_if_asked')
  expect(transaction('in_app_purchase')).toBe('always')
  expect(toldOutside({ type: 'RENEWAL', data: { ...paidMonth } })).toBe('always')
})

it('gives an event a UUID of version 8, always the same one', () => {
  const hash = () => 'ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789'
  expect(webhookIdOf('evnt1', hash)).toBe('ABCDEF01-2345-8789-9BCD-EF0123456789')
})
