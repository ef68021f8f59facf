import { describe, expect, it } from 'vitest'
import { GOOGLE_KEY, IOS_KEY, SECRET_V1, SECRET_V2, sdkApp, TEST_KEY } from './fixtures/sdk-app.ts'

const CUSTOMER = '/v1/subscribers/alice'
const OFFERINGS = '/v1/subscribers/alice/offerings'

/** Calls that only an app makes. */
const APP_CALLS = [
  ['GET', OFFERINGS],
  ['GET', '/rcbilling/v1/subscribers/alice/products?id=a'],
  ['GET', '/v1/subscribers/alice/virtual_currencies'],
  ['GET', '/v1/subscribers/alice/workflows'],
  ['GET', '/v1/product_entitlement_mapping'],
  ['POST', '/v1/subscribers/identify'],
  ['POST', '/v1/subscribers/alice/alias'],
  ['POST', '/v1/subscribers/alice/intro_eligibility'],
  ['POST', '/v1/subscribers/alice/adservices_attribution'],
  ['POST', '/v1/offers'],
  ['POST', '/v1/events'],
  ['POST', '/v1/diagnostics'],
] as const

const SHARED_CALLS = [
  ['GET', CUSTOMER],
  ['POST', '/v1/subscribers/alice/attributes'],
  ['POST', '/v1/subscribers/alice/attribution'],
] as const

/** Calls that change what somebody has, and that only the team's own server may make. */
const SERVER_CALLS = [
  ['DELETE', CUSTOMER],
  ['POST', `${CUSTOMER}/entitlements/news/promotional`],
  ['POST', `${CUSTOMER}/entitlements/news/revoke_promotionals`],
  ['POST', `${CUSTOMER}/subscriptions/news_monthly/revoke`],
  ['POST', `${CUSTOMER}/subscriptions/news_monthly/defer`],
  ['POST', `${CUSTOMER}/subscriptions/token..1/cancel`],
  ['POST', `${CUSTOMER}/subscriptions/token..1/extend`],
  ['POST', `${CUSTOMER}/transactions/token..1/refund`],
] as const

describe('keys of the SDK surface', () => {
  it.each([
    ['no key', {}],
    ['an empty header', { authorization: '' }],
    ['no scheme', { authorization: TEST_KEY }],
    ['another scheme', { authorization: `Basic ${TEST_KEY}` }],
    ['an unknown public key', { authorization: 'Bearer test_other' }],
    ['an unknown secret key', { authorization: 'Bearer sk_other' }],
    ['a key of no known kind', { authorization: 'Bearer hello' }],
    ['a key without an underscore, of the time before apps had keys', { authorization: 'Bearer abcdefghij' }],
    ['a very long key', { authorization: `Bearer test_${'x'.repeat(5_000)}` }],
    ['a key with a quote', { authorization: "Bearer test_'--" }],
  ])('refuses %s with 401 and 7225', async (_name, headers) => {
    const { ask, refusals } = await sdkApp()
    for (const url of [CUSTOMER, OFFERINGS]) {
      const answer = await ask({ url, key: null, headers })
      expect([answer.statusCode, answer.json()]).toEqual([401, { code: 7225, message: 'Invalid API Key.' }])
    }
    expect(refusals).toEqual([7225, 7225])
  })

  it.each([...APP_CALLS, ...SHARED_CALLS, ...SERVER_CALLS])(
    'needs a key for %s %s, before it looks at the body',
    async (method, url) => {
      const { ask } = await sdkApp()
      const answer = await ask({ method, url, key: null, ...(method === 'POST' ? { payload: '{{{' } : {}) })
      expect([answer.statusCode, answer.json().code]).toEqual([401, 7225])
    },
  )

  it.each(APP_CALLS)('refuses a secret key for %s %s: it has no place in an app', async (method, url) => {
    const { ask } = await sdkApp()
    const answer = await ask({ method, url, key: SECRET_V1 })
    expect([answer.statusCode, answer.json().code]).toEqual([403, 7243])
  })

  it.each(SERVER_CALLS)('refuses every public key for %s %s, as if there were no such key', async (method, url) => {
    const { ask } = await sdkApp()
    for (const key of [TEST_KEY, IOS_KEY, GOOGLE_KEY]) {
      const answer = await ask({ method, url, key, payload: {} })
      expect([answer.statusCode, answer.json()]).toEqual([401, { code: 7225, message: 'Invalid API Key.' }])
    }
    const inApp = await ask({ method, url, key: SECRET_V1, payload: {}, headers: { 'x-platform': 'ios' } })
    expect([inApp.statusCode, inApp.json().code]).toEqual([403, 7243])
    const ofOtherVersion = await ask({ method, url, key: SECRET_V2, payload: {} })
    expect([ofOtherVersion.statusCode, ofOtherVersion.json().code]).toEqual([403, 7723])
  })

  it('accepts a secret key where servers call, unless an SDK sends it', async () => {
    const { ask } = await sdkApp()
    const server = await ask({ url: CUSTOMER, key: SECRET_V1 })
    expect([server.statusCode, server.json().subscriber.subscriber_attributes]).toEqual([201, {}])
    const inApp = await ask({ url: CUSTOMER, key: SECRET_V1, headers: { 'x-platform': 'ios' } })
    expect([inApp.statusCode, inApp.json().code]).toEqual([403, 7243])
  })

  it('refuses a key for REST API v2 with its own code, whatever it is used for', async () => {
    const { ask } = await sdkApp()
    for (const url of [CUSTOMER, OFFERINGS]) {
      const answer = await ask({ url, key: SECRET_V2, headers: { 'x-platform': 'ios' } })
      expect([answer.statusCode, answer.json().code]).toEqual([403, 7723])
    }
  })

  it('takes every public key for its own app', async () => {
    const { ask } = await sdkApp()
    const packagesOf = async (key: string) => (await ask({ url: OFFERINGS, key })).json().offerings[0].packages.length
    expect([await packagesOf(TEST_KEY), await packagesOf(IOS_KEY), await packagesOf(GOOGLE_KEY)]).toEqual([3, 1, 0])
  })

  it('notices a withdrawn key within seconds, and a new one at once', async () => {
    const { ask, world } = await sdkApp()
    const status = async (key: string) => (await ask({ url: OFFERINGS, key })).statusCode
    expect([await status(TEST_KEY), await status('test_new')]).toEqual([200, 401])
    world.apps = world.apps.map((app) => (app.publicKey === TEST_KEY ? { ...app, publicKey: 'test_new' } : app))
    expect(await status('test_new')).toBe(200)
    world.now += 5_000
    expect(await status(TEST_KEY)).toBe(401)
  })

  it('never logs a key', async () => {
    const { ask, logged } = await sdkApp()
    for (const key of [TEST_KEY, SECRET_V1, SECRET_V2, 'sk_wrong']) await ask({ url: CUSTOMER, key })
    expect(logged()).toContain('answered')
    for (const key of [TEST_KEY, SECRET_V1, SECRET_V2, 'sk_wrong']) expect(logged()).not.toContain(key)
  })
})
