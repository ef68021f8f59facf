import { describe, expect, it } from 'vitest'
import { NOW, type SdkTestApp, SECRET_V1, sdkApp } from './fixtures/sdk-app.ts'

const TAG = 'x-revenuecat-etag'
const IOS = { 'x-platform': 'iOS' }
const CUSTOMER = '/v1/subscribers/alice'

const read = ({ ask }: SdkTestApp, tag: string, url = CUSTOMER, headers: Record<string, string> = {}) =>
  ask({ url, headers: { [TAG]: tag, ...headers } })

const tagOfCustomer = async (sdk: SdkTestApp, headers: Record<string, string> = {}) =>
  String((await read(sdk, '', CUSTOMER, headers)).headers[TAG])

async function appWithAlice(): Promise<SdkTestApp> {
  const sdk = await sdkApp()
  await sdk.ask({ url: CUSTOMER })
  return sdk
}

describe('an answer to a GET', () => {
  it('is 304 without a body for the caller who has it, with the tag and the time of the request', async () => {
    const sdk = await appWithAlice()
    const tag = await tagOfCustomer(sdk)
    expect(tag).toMatch(/^[0-9a-f]{16}$/)
    sdk.world.now += 60_000
    const answer = await read(sdk, tag, CUSTOMER, { 'x-rc-last-refresh-time': String(NOW) })
    expect([answer.statusCode, answer.body]).toEqual([304, ''])
    expect(answer.headers).toMatchObject({ [TAG]: tag, 'x-revenuecat-request-time': String(NOW + 60_000) })
    expect(answer.headers).not.toHaveProperty('content-type')
    expect(sdk.answered.at(-1)).toMatchObject({ status: 304 })
  })

  it('is 304 for an SDK at a later visit too, and the visit counts', async () => {
    const sdk = await appWithAlice()
    const tag = await tagOfCustomer(sdk, IOS)
    sdk.world.now += 60_000
    expect((await read(sdk, tag, CUSTOMER, IOS)).statusCode).toBe(304)
    expect((await sdk.ask({ url: CUSTOMER })).json().subscriber.last_seen).toBe('2026-05-01T10:01:00Z')
  })

  it('is whole for a server that has not heard of the latest visit', async () => {
    const sdk = await appWithAlice()
    const tag = await tagOfCustomer(sdk)
    sdk.world.now += 60_000
    await sdk.ask({ url: CUSTOMER, headers: IOS })
    expect((await read(sdk, tag)).statusCode).toBe(200)
  })

  it.each(['', '0123456789abcdef', '"x"', '*'])('is whole for a caller with the tag %j', async (tag) => {
    expect((await read(await appWithAlice(), tag)).statusCode).toBe(200)
  })

  it('shows attributes to a secret key alone, so neither takes the tag of the other', async () => {
    const sdk = await appWithAlice()
    const publicTag = await tagOfCustomer(sdk)
    const secret = await sdk.ask({ url: CUSTOMER, key: SECRET_V1, headers: { [TAG]: publicTag } })
    expect(secret.statusCode).toBe(200)
    expect((await read(sdk, String(secret.headers[TAG]))).statusCode).toBe(200)
  })

  it.each([
    '/v1/subscribers/alice/offerings',
    '/v1/subscribers/alice/virtual_currencies',
    '/v1/product_entitlement_mapping',
    '/rcbilling/v1/subscribers/alice/products?id=news_monthly',
  ])('of %s is 304 until it is another one', async (url) => {
    const sdk = await appWithAlice()
    const first = await read(sdk, '', url)
    const tag = String(first.headers[TAG])
    expect((await read(sdk, tag, url)).statusCode).toBe(304)
    sdk.world.catalog = { ...sdk.world.catalog, products: new Map(), offerings: [], currencies: [] }
    const changed = await read(sdk, tag, url)
    expect(changed.statusCode).toBe(200)
    expect(changed.body).not.toBe(first.body)
    expect(changed.headers[TAG]).not.toBe(tag)
  })
})

it('a POST is never answered with 304, and calls without a key and errors have no tag', async () => {
  const sdk = await appWithAlice()
  const tag = await tagOfCustomer(sdk)
  const posted = await sdk.ask({
    method: 'POST',
    url: '/v1/subscribers/identify',
    headers: { [TAG]: tag },
    payload: { app_user_id: 'alice', new_app_user_id: 'alice' },
  })
  expect(posted.statusCode).toBe(200)
  const others = [posted, await read(sdk, '', '/v1/health'), await read(sdk, '', '/v1/subscribers/null')]
  for (const answer of others) expect(answer.headers).not.toHaveProperty(TAG)
})
