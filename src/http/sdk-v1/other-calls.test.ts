import { describe, expect, it } from 'vitest'
import { IOS_KEY, sdkApp, TEST_KEY } from './fixtures/sdk-app.ts'

describe('catalogue calls', () => {
  it('tell offerings without creating the customer', async () => {
    const { ask, world } = await sdkApp()
    const answer = await ask({ url: '/v1/subscribers/alice/offerings' })
    expect([answer.statusCode, answer.json().current_offering_id]).toEqual([200, 'standard'])
    expect(world.customers.size).toBe(0)
  })

  it('resolve every product of the offerings, one or many, in any currency', async () => {
    const { ask } = await sdkApp()
    const base = '/rcbilling/v1/subscribers/alice/products'
    const ids = async (query: string) => {
      const answer = await ask({ url: `${base}?${query}` })
      expect(answer.statusCode).toBe(200)
      return answer.json().product_details.map(({ identifier }: { identifier: string }) => identifier)
    }
    expect(await ids('id=news_monthly&id=news_annual&id=coins_100')).toEqual([
      'news_monthly',
      'news_annual',
      'coins_100',
    ])
    expect(await ids('id=coins_100&currency=EUR&discount_code=X')).toEqual(['coins_100'])
    expect(await ids('id=nothing&id=coins%5F100')).toEqual(['coins_100'])
  })

  it('bound the number of products of one call', async () => {
    const { ask } = await sdkApp()
    const answer = await ask({ url: `/rcbilling/v1/subscribers/alice/products?${'id=a&'.repeat(201)}` })
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      { code: 7226, message: 'id: must have at most 200 entries' },
    ])
    const none = await ask({ url: '/rcbilling/v1/subscribers/alice/products' })
    expect(none.json()).toEqual({ code: 7226, message: 'id: is required' })
  })

  it('tell what products unlock', async () => {
    const { ask } = await sdkApp()
    const answer = await ask({ url: '/v1/product_entitlement_mapping', key: IOS_KEY })
    expect(answer.json().product_entitlement_mapping['com.news.m'].entitlements).toEqual(['news'])
  })
})

describe('introductory offers', () => {
  const ask = async (key: string, product_identifiers: unknown, bought = false) => {
    const sdk = await sdkApp()
    const fetch_token = `test_${sdk.world.now}_49143349-712a-4472-b93e-668bb95a02f1`
    const receipt = { app_user_id: 'alice', fetch_token, product_id: 'news_monthly' }
    if (bought)
      await sdk.ask({ method: 'POST', url: '/v1/receipts', headers: { 'x-platform': 'web' }, payload: receipt })
    const url = '/v1/subscribers/alice/intro_eligibility'
    return sdk.ask({ method: 'POST', url, key, payload: { product_identifiers, fetch_token: 'x' } })
  }

  it('are open to those who never bought, in the Test Store; elsewhere nobody knows', async () => {
    const wish = ['news_monthly', 'news_annual', 'nothing', '__proto__']
    expect((await ask(TEST_KEY, wish)).body).toBe(
      '{"news_monthly":true,"news_annual":true,"nothing":null,"__proto__":null}',
    )
    expect((await ask(TEST_KEY, wish.slice(0, 2), true)).json()).toEqual({ news_monthly: false, news_annual: true })
    expect((await ask(IOS_KEY, ['com.news.m'])).json()).toEqual({ 'com.news.m': null })
  })

  it('cannot be signed without a key, which each offer is told', async () => {
    const sdk = await sdkApp()
    const generate_offers = [{ offer_id: 'o', product_id: 'p', subscription_group: 'g' }]
    const answer = await sdk.ask({ method: 'POST', url: '/v1/offers', payload: { app_user_id: 'a', generate_offers } })
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        offers: [
          {
            offer_id: 'o',
            product_id: 'p',
            key_id: '',
            signature_data: null,
            signature_error: { code: 7234, message: expect.any(String) },
          },
        ],
      },
    ])
  })
})

describe('telemetry of SDKs', () => {
  it.each(['/v1/events', '/v1/diagnostics'])('%s takes whatever is sent, or SDKs would send it again', async (url) => {
    const { ask } = await sdkApp()
    const json = { 'content-type': 'application/json' }
    const calls = [
      { payload: { events: [{ id: 1 }] } },
      { payload: '{"events":', headers: json },
      { payload: Buffer.from([0xff, 0xfe]), headers: json },
      { payload: '{"__proto__":{}}', headers: json },
      { payload: '', headers: json },
      { payload: 'x', headers: { 'content-type': 'odd/type' } },
      {},
    ]
    for (const call of calls) {
      const answer = await ask({ method: 'POST', url, ...call })
      expect([answer.statusCode, answer.json()]).toEqual([200, {}])
    }
  })

  it.each(['attribution', 'adservices_attribution'])('%s is accepted', async (name) => {
    const { ask } = await sdkApp()
    const payload = { network: 1, data: {}, aad_attribution_token: 'x' }
    const answer = await ask({ method: 'POST', url: `/v1/subscribers/alice/${name}`, payload })
    expect([answer.statusCode, answer.json()]).toEqual([200, {}])
  })
})

describe('calls without a key', () => {
  it.each([
    ['/v1/health', { status: 'ok' }],
    ['/v1/health/connectivity', { status: 'ok' }],
    ['/v1/subscribers/alice/health_report_availability', { report_logs: false }],
  ])('%s', async (url, body) => {
    const { ask } = await sdkApp()
    const answer = await ask({ url, key: null })
    expect([answer.statusCode, answer.json()]).toEqual([200, body])
  })
})

describe('what does not exist', () => {
  it('has no paywall workflows, which is an answer', async () => {
    const { ask } = await sdkApp()
    const answer = await ask({ url: '/v1/subscribers/alice/workflows?type=paywall' })
    expect([answer.statusCode, answer.json()]).toEqual([200, { workflows: [], ui_config: {} }])
  })

  it.each(['GET', 'POST'] as const)('refuses %s /v1/config/app with 404, so that SDKs stop asking', async (method) => {
    const { ask } = await sdkApp()
    for (const key of [TEST_KEY, null]) {
      const answer = await ask({ method, url: '/v1/config/app', key, ...(method === 'POST' ? { payload: {} } : {}) })
      expect([answer.statusCode, answer.json().code]).toEqual([404, 7000])
    }
  })

  it.each([
    ['GET', '/v1'],
    ['GET', '/v1/'],
    ['GET', '/v1/nothing'],
    ['GET', '/v1/subscribers/alice/workflows/wf1'],
    ['GET', '/v1/receipts'],
    ['GET', '/v1/signing_key'],
    ['PUT', '/v1/subscribers/alice'],
    ['GET', '/rcbilling/v1/branding'],
    ['POST', '/rcbilling/v1/checkout/start'],
  ] as const)('answers %s %s with a 404 that SDKs can read', async (method, url) => {
    const { ask } = await sdkApp()
    const answer = await ask({ method, url, ...(method === 'POST' ? { payload: {} } : {}) })
    expect([answer.statusCode, answer.json()]).toEqual([404, { code: 7226, message: expect.any(String) }])
    expect(answer.headers['x-revenuecat-request-time']).toMatch(/^\d{13}$/)
  })
})
