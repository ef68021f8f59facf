import { describe, expect, it } from 'vitest'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { NOW, type SdkTestApp, SECRET_V1, sdkApp } from './fixtures/sdk-app.ts'

const ANONYMOUS = `$RCAnonymousID:${'ab12'.repeat(8)}`

const identify = ({ ask }: SdkTestApp, app_user_id: string, new_app_user_id: string) =>
  ask({ method: 'POST', url: '/v1/subscribers/identify', payload: { app_user_id, new_app_user_id } })

describe('GET /v1/subscribers/{id}', () => {
  it('creates the customer once, and tells its revision and the time', async () => {
    const { ask } = await sdkApp()
    const first = await ask({ url: '/v1/subscribers/alice' })
    expect([first.statusCode, first.json().subscriber.original_app_user_id]).toEqual([201, 'alice'])
    expect(first.headers).toMatchObject({
      'x-purser-revision': '1',
      'x-revenuecat-request-time': String(NOW),
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    for (const absent of ['x-signature', 'etag', 'x-revenuecat-fortress']) {
      expect(first.headers).not.toHaveProperty(absent)
    }
    expect((await ask({ url: '/v1/subscribers/alice' })).statusCode).toBe(200)
  })

  it('counts as a visit only when an SDK asks', async () => {
    const { ask, world } = await sdkApp()
    await ask({ url: '/v1/subscribers/alice' })
    world.now += 60_000
    const seen = async (headers: Record<string, string>) =>
      (await ask({ url: '/v1/subscribers/alice', headers })).json().subscriber.last_seen
    expect(await seen({})).toBe('2026-05-01T10:00:00Z')
    expect(await seen({ 'x-platform': 'iOS' })).toBe('2026-05-01T10:01:00Z')
  })

  it.each([
    ['alice%20%2B%C3%BC%40%25%3A%23%3F%26', 'alice +ü@%:#?&'],
    ['$RCAnonymousID%3Aab', '$RCAnonymousID:ab'],
    ['a+b:c@d=e;f,g', 'a+b:c@d=e;f,g'],
    ['%2541', '%41'],
    ['%20padded%20', 'padded'],
    ['identify', 'identify'],
    ['login', 'login'],
    ['constructor', 'constructor'],
    ['%F0%9F%98%80', '\u{1f600}'],
    ['x'.repeat(100), 'x'.repeat(100)],
    ['%C3%BC'.repeat(100), 'ü'.repeat(100)],
  ])('decodes the id %.40s once', async (segment, id) => {
    const { ask } = await sdkApp()
    const answer = await ask({ url: `/v1/subscribers/${segment}` })
    expect([answer.statusCode, answer.json().subscriber.original_app_user_id]).toEqual([201, id])
  })

  it.each([
    ['', 7220],
    ['%20', 7220],
    ['null', 7256],
    ['NaN', 7256],
    ['a%2Fb', 7256],
    ['%00', 7256],
    ['a%0Ab', 7256],
    ['%5Bobject%20Object%5D', 7256],
    ['x'.repeat(101), 7256],
    ['x'.repeat(1_500), 7256],
    ['x'.repeat(1_501), 7256],
    ['%F0%9F%98%80'.repeat(600), 7256],
    ['%zz', 7226],
    ['%ff', 7226],
    ['%E2%82', 7226],
  ])('refuses the id %.30s with 400 and %i on every path', async (segment, code) => {
    const { ask, world } = await sdkApp()
    const calls = [
      ['GET', `/v1/subscribers/${segment}`],
      ['GET', `/v1/subscribers/${segment}/offerings`],
      ['GET', `/v1/subscribers/${segment}/virtual_currencies`],
      ['GET', `/rcbilling/v1/subscribers/${segment}/products?id=a`],
      ['POST', `/v1/subscribers/${segment}/attributes`],
    ] as const
    for (const [method, url] of calls) {
      const answer = await ask({ method, url, ...(method === 'POST' ? { payload: { attributes: {} } } : {}) })
      expect([answer.statusCode, answer.json()]).toEqual([400, { code, message: expect.any(String) }])
    }
    expect(world.customers.size).toBe(0)
  })
})

describe('POST /v1/subscribers/identify', () => {
  it('answers 201 when the new id is new, and the customer keeps its first id', async () => {
    const sdk = await sdkApp()
    await sdk.ask({ url: `/v1/subscribers/${ANONYMOUS}` })
    const answer = await identify(sdk, ANONYMOUS, 'alice')
    expect([answer.statusCode, answer.json().subscriber.original_app_user_id]).toEqual([201, ANONYMOUS])
    expect(answer.headers['x-purser-revision']).toBe('2')
    expect((await identify(sdk, ANONYMOUS, 'alice')).statusCode).toBe(200)
  })

  it('switches between people without joining them', async () => {
    const sdk = await sdkApp()
    await sdk.ask({ url: '/v1/subscribers/alice' })
    const answer = await identify(sdk, 'alice', 'bob')
    expect([answer.statusCode, answer.json().subscriber.original_app_user_id]).toEqual([201, 'bob'])
  })

  it.each([
    [{ app_user_id: 'a' }, 7226, 'new_app_user_id: is required'],
    [{ app_user_id: 1, new_app_user_id: 'b' }, 7226, 'app_user_id: must be a text'],
    [{ app_user_id: null, new_app_user_id: 'b' }, 7226, 'app_user_id: must be a text'],
    [{ app_user_id: '', new_app_user_id: 'b' }, 7220, expect.any(String)],
    [{ app_user_id: 'a', new_app_user_id: 'null' }, 7256, expect.stringContaining('placeholder')],
    [[], 7226, 'body: must be an object'],
  ])('refuses %j', async (payload, code, message) => {
    const { ask } = await sdkApp()
    const answer = await ask({ method: 'POST', url: '/v1/subscribers/identify', payload })
    expect([answer.statusCode, answer.json()]).toEqual([400, { code, message }])
  })
})

describe('POST /v1/subscribers/{id}/alias', () => {
  const alias = ({ ask }: SdkTestApp, id: string, new_app_user_id: string) =>
    ask({ method: 'POST', url: `/v1/subscribers/${id}/alias`, payload: { app_user_id: id, new_app_user_id } })

  it('makes two ids one customer, but never two people', async () => {
    const sdk = await sdkApp()
    const joined = await alias(sdk, ANONYMOUS, 'alice')
    expect([joined.statusCode, joined.json().subscriber.original_app_user_id]).toEqual([200, ANONYMOUS])
    const refused = await alias(sdk, 'alice', 'bob')
    expect([refused.statusCode, refused.json().code]).toEqual([400, 7255])
  })

  it('is a call about the customer called identify, where the id says so', async () => {
    const sdk = await sdkApp()
    const answer = await alias(sdk, 'identify', ANONYMOUS)
    expect([answer.statusCode, answer.json().subscriber.original_app_user_id]).toEqual([200, 'identify'])
  })
})

describe('POST /v1/subscribers/{id}/attributes', () => {
  const post = ({ ask }: SdkTestApp, payload: unknown, key?: string) =>
    ask({
      method: 'POST',
      url: '/v1/subscribers/alice/attributes',
      headers: { 'x-platform-version': '19.1', 'content-type': 'application/json' },
      payload: JSON.stringify(payload),
      ...(key === undefined ? {} : { key }),
    })

  it('saves attributes of a new customer, and shows them to servers only', async () => {
    const sdk = await sdkApp()
    const attributes = {
      $ip: { value: 'true' },
      $deviceVersion: { value: 'true' },
      plan: { value: 'gold', updated_at_ms: 5 },
    }
    const answer = await post(sdk, { attributes })
    expect([answer.statusCode, answer.json().subscriber.original_app_user_id]).toEqual([200, 'alice'])
    expect(answer.json().subscriber).not.toHaveProperty('subscriber_attributes')
    const forServer = await sdk.ask({ url: '/v1/subscribers/alice', key: SECRET_V1 })
    expect(forServer.json().subscriber.subscriber_attributes).toEqual({
      $ip: { value: '127.0.0.1', updated_at_ms: NOW },
      $deviceVersion: { value: '19.1', updated_at_ms: NOW },
      plan: { value: 'gold', updated_at_ms: 5 },
    })
  })

  it('saves the good ones of a mixed call, and names the bad ones with 7263', async () => {
    const sdk = await sdkApp()
    const attributes = { $email: { value: 'no' }, 'a b': { value: 'x' }, wrong: 5, plan: { value: 'gold' } }
    const answer = await post(sdk, { attributes })
    expect([answer.statusCode, answer.json()]).toEqual([
      400,
      {
        code: 7263,
        message: expect.any(String),
        attribute_errors: expect.arrayContaining(
          ['$email', 'a b', 'wrong'].map((key_name) => ({ key_name, message: expect.any(String) })),
        ),
      },
    ])
    expect([...(sdk.world.attributes.values().next().value ?? []).keys()]).toEqual(['plan'])
  })

  it.each([undefined, null, [], 'x', {}, { attributes: null }, { attributes: [] }, { attributes: 'x' }])(
    'refuses the body %j with 7264',
    async (payload) => {
      const answer = await post(await sdkApp(), payload)
      expect([answer.statusCode, answer.json().code]).toEqual([400, 7264])
    },
  )

  it('answers 503 when parallel changes get in the way: after 4xx an SDK would forget the attributes', async () => {
    const sdk = await sdkApp()
    sdk.world.failure = new ConflictError('parallel')
    const answer = await post(sdk, { attributes: { plan: { value: 'gold' } } })
    expect([answer.statusCode, answer.json().code, answer.headers['retry-after']]).toEqual([503, 7638, '1'])
  })
})

describe('GET /v1/subscribers/{id}/virtual_currencies', () => {
  it('shows balances with the revision, and nothing of a customer that does not exist', async () => {
    const { ask, world } = await sdkApp()
    const url = '/v1/subscribers/alice/virtual_currencies'
    const coins = { balance: 0, code: 'COI', name: 'Coins', description: null }
    const before = await ask({ url })
    expect([before.statusCode, before.json()]).toEqual([200, { virtual_currencies: { COI: coins } }])
    expect([world.customers.size, before.headers]).toEqual([
      0,
      expect.not.objectContaining({ 'x-purser-revision': '1' }),
    ])
    await ask({ url: '/v1/subscribers/alice' })
    world.balances.set('COI', 70)
    const after = await ask({ url })
    expect(after.json().virtual_currencies.COI.balance).toBe(70)
    expect(after.headers['x-purser-revision']).toBe('1')
  })
})
