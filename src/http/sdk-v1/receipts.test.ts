import { describe, expect, it } from 'vitest'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { refuse } from '../../core/lib/result.ts'
import type { ReceiptRefusal } from '../../usecases/purchases/post-receipt.ts'
import { GOOGLE_KEY, IOS_KEY, NOW, type SdkTestApp, sdkApp } from './fixtures/sdk-app.ts'
import { receiptFault } from './receipt-fault.ts'

const TOKEN = `test_${NOW}_49143349-712a-4472-b93e-668bb95a02f1`

const receipt = (fields: Record<string, unknown> = {}) => ({
  app_user_id: 'alice',
  fetch_token: TOKEN,
  product_id: 'news_monthly',
  ...fields,
})

const post = (
  { ask }: SdkTestApp,
  payload: unknown,
  headers: Record<string, string> = { 'x-platform': 'web' },
  key?: string,
) =>
  ask({
    method: 'POST',
    url: '/v1/receipts',
    headers: { 'content-type': 'application/json', ...headers },
    payload: JSON.stringify(payload),
    ...(key === undefined ? {} : { key }),
  })

describe('POST /v1/receipts', () => {
  it('answers a Test Store purchase with the entitlement, as the JavaScript SDK posts it', async () => {
    const sdk = await sdkApp()
    const answer = await post(
      sdk,
      receipt({
        currency: 'USD',
        presented_offering_identifier: 'standard',
        presented_placement_identifier: null,
        applied_targeting_rule: null,
        initiation_source: 'purchase',
      }),
    )
    expect(answer.statusCode).toBe(200)
    const { subscriber, purchased_products } = answer.json()
    expect(subscriber.entitlements.news.product_identifier).toBe('news_monthly')
    expect(subscriber.subscriptions.news_monthly.store_transaction_id).toBe(TOKEN)
    expect(purchased_products).toEqual({ news_monthly: { should_consume: false } })
    expect(answer.headers['x-purser-revision']).toBe('2')
    expect([...sdk.world.purchases.values()][0]?.purchase.presentedOffering).toBe('standard')
  })

  it('takes the same token again for the same purchase', async () => {
    const sdk = await sdkApp()
    const answers = [await post(sdk, receipt()), await post(sdk, receipt())]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200])
    expect(answers[1]?.json().subscriber).toEqual(answers[0]?.json().subscriber)
    expect(sdk.world.purchases.size).toBe(1)
  })

  it('tells Android to consume what can be bought again, from the list of products it sends', async () => {
    const sdk = await sdkApp()
    const body = receipt({ product_id: undefined, product_ids: ['coins_100'], payload_version: 1, price: 1.29 })
    const answer = await post(sdk, body, { 'x-platform': 'android', price_string: '$1.29' })
    expect(answer.json().purchased_products).toEqual({ coins_100: { should_consume: true } })
    expect(answer.json().subscriber.non_subscriptions.coins_100).toHaveLength(1)
  })

  it('takes the body that the iOS SDK posts for a Test Store purchase', async () => {
    const sdk = await sdkApp()
    const body = receipt({
      payload_version: 1,
      is_restore: false,
      observer_mode: false,
      purchase_completed_by: 'revenuecat',
      initiation_source: 'purchase',
      sdk_originated: true,
      transaction_id: TOKEN,
      price: '9.99',
      currency: 'USD',
      store_country: 'USA',
      normal_duration: 'P1M',
      payment_mode: 2,
      introductory_price: '0',
      offers: [],
      presented_offering_identifier: 'standard',
      attributes: { $attConsentStatus: { value: 'denied', updated_at_ms: NOW } },
    })
    const headers = { 'x-platform': 'iOS', 'x-is-sandbox': 'true', 'x-revenuecat-etag': '', 'x-storefront': 'USA' }
    const answer = await post(sdk, body, headers)
    expect([answer.statusCode, answer.json().attributes_error_response]).toEqual([200, undefined])
    expect(answer.json().subscriber).toMatchObject({
      first_seen: expect.any(String),
      subscriptions: { news_monthly: { purchase_date: expect.any(String), store: 'test_store' } },
    })
  })

  it('accepts whatever else SDKs send, in any form: a refused receipt is a lost purchase', async () => {
    const sdk = await sdkApp()
    const odd = {
      price: '$0.99',
      payment_mode: {},
      offers: 'x',
      is_restore: 'yes',
      paywall: [],
      metadata: 5,
      new_field: null,
    }
    const answer = await post(sdk, receipt({ ...odd, presented_offering_identifier: 7 }), { 'x-platform': 'roku' })
    expect(answer.statusCode).toBe(200)
  })

  it('saves attributes with the purchase, and tells bad ones beside the answer', async () => {
    const sdk = await sdkApp()
    const attributes = { plan: { value: 'gold' }, $email: { value: 'no' } }
    const answer = await post(sdk, receipt({ attributes }))
    expect([answer.statusCode, answer.json().attributes_error_response]).toEqual([
      200,
      expect.objectContaining({ code: 7263, attribute_errors: [{ key_name: '$email', message: expect.any(String) }] }),
    ])
    expect(answer.headers['x-purser-revision']).toBe('3')
    const malformed = await post(sdk, receipt({ attributes: [] }))
    expect([malformed.statusCode, malformed.json().attributes_error_response.code]).toEqual([200, 7264])
    const none = await post(sdk, receipt({ attributes: {} }))
    expect(none.json()).not.toHaveProperty('attributes_error_response')
  })

  it.each([{}, { 'x-platform': '' }, { 'x-platform': 'toaster' }])('needs a platform: %j', async (headers) => {
    const answer = await post(await sdkApp(), receipt(), headers)
    expect([answer.statusCode, answer.json()]).toEqual([400, { code: 7000, message: 'Invalid Platform' }])
  })

  it.each([
    'iOS',
    'watchOS',
    'tvOS',
    'macOS',
    'visionOS',
    'uikitformac',
    'ANDROID',
    'amazon',
    'web',
    'Stripe',
    'roku',
    'paddle',
  ])('knows the platform %s', async (platform) => {
    expect((await post(await sdkApp(), receipt(), { 'x-platform': platform })).statusCode).toBe(200)
  })

  it.each([
    [{ app_user_id: undefined }, 7226, 'app_user_id: is required'],
    [{ app_user_id: '' }, 7220, expect.any(String)],
    [{ app_user_id: 'unknown' }, 7256, expect.any(String)],
    [{ fetch_token: undefined }, 7226, 'fetch_token: is required'],
    [{ fetch_token: '' }, 7226, 'fetch_token: must not be empty'],
    [{ fetch_token: 5 }, 7226, 'fetch_token: must be a text or null'],
    [{ fetch_token: 'nonsense' }, 7103, expect.stringContaining('The receipt is not valid: ')],
    [{ product_id: 5 }, 7226, 'product_id: must be a text or null'],
    [{ product_id: undefined }, 7103, expect.any(String)],
    [{ product_id: 'nothing' }, 7103, 'The app has no product "nothing".'],
    [{ product_id: 'com.news.m' }, 7103, expect.any(String)],
    [{ product_ids: 'x' }, 7662, expect.any(String)],
    [{ platform: 'ios' }, 7226, 'platform: Extra inputs are not permitted'],
  ])('refuses %j', async (fields, code, message) => {
    const sdk = await sdkApp()
    const answer = await post(sdk, receipt(fields))
    expect([answer.statusCode, answer.json()]).toEqual([400, { code, message }])
    expect([sdk.refusals, sdk.world.purchases.size]).toEqual([[code], 0])
  })

  it('lets the device keep a purchase that cannot be verified yet', async () => {
    const sdk = await sdkApp()
    for (const key of [IOS_KEY, GOOGLE_KEY]) {
      const answer = await post(sdk, receipt({ fetch_token: 'eyJ.a.b' }), { 'x-platform': 'ios' }, key)
      expect([answer.statusCode, answer.json().code]).toEqual([500, 7101])
    }
    expect(sdk.logged()).not.toContain('"level":"error"')
  })

  it('lets the device keep a purchase when the store is away, a parallel request wins, or we fail', async () => {
    const sdk = await sdkApp()
    const away = async () => refuse({ code: 'store_unavailable' as const, problem: 'timeout' })
    sdk.world.adapter = {
      chainOf: () => ({ ok: true, value: { storePurchaseId: 'x', environment: 'sandbox' } }),
      verify: away,
      refresh: away,
      perform: away,
      isMadeOfRows: false,
    }
    const unavailable = await post(sdk, receipt())
    expect([unavailable.statusCode, unavailable.json().code]).toEqual([503, 7101])
    sdk.world.adapter = null
    sdk.world.failure = new ConflictError('parallel')
    const conflict = await post(sdk, receipt())
    expect([conflict.statusCode, conflict.json().code]).toEqual([503, 7638])
    sdk.world.failure = new Error('SELECT secret FROM table')
    const failed = await post(sdk, receipt())
    expect([failed.statusCode, failed.json()]).toEqual([500, { code: 7110, message: 'Internal server error.' }])
    expect(sdk.logged()).toContain('SELECT secret')
    expect(sdk.logged()).not.toContain(TOKEN)
  })

  it('refuses a purchase of somebody else where the project forbids that it moves', async () => {
    const sdk = await sdkApp()
    await post(sdk, receipt())
    sdk.world.project = { ...sdk.world.project, restoreBehavior: 'error' }
    const answer = await post(sdk, receipt({ app_user_id: 'bob' }))
    expect([answer.statusCode, answer.json().code]).toEqual([400, 7102])
  })
})

describe('receiptFault', () => {
  it.each([
    [{ code: 'receipt_invalid', problem: 'forged' }, 400, 7103],
    [{ code: 'product_unknown', storeProductId: 'p' }, 503, 7101],
    [{ code: 'receipt_in_use' }, 400, 7102],
    [{ code: 'store_unavailable', problem: 'timeout' }, 503, 7101],
    [{ code: 'store_unsupported', store: 'roku' }, 500, 7101],
  ] as const satisfies ReadonlyArray<readonly [ReceiptRefusal, number, number]>)(
    'answers 4xx at a real store only to what can never be right: %j',
    (refusal, status, code) => {
      const fault = receiptFault(refusal, 'app_store')
      expect([fault.status, fault.body.code]).toEqual([status, code])
    },
  )
})
