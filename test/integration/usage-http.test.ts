import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ok } from '../../src/core/lib/result.ts'
import { addSecretKey } from '../../src/usecases/projects/create-project.ts'
import { balanceOf, buy, testSecrets } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'
import { configureUsage } from '../support/usage.ts'
import { openUsageServer, type UsageServer } from '../support/usage-server.ts'

const shop = newShopPerStory()
let server: UsageServer
beforeEach(async () => {
  server = await openUsageServer(shop)
  await configureUsage(shop.ctx, shop.demo.projectId)
})
afterEach(() => server.app.close())

const backend = () => ({ bearer: shop.demo.secretKeyV2 })
const said = async (answer: ReturnType<UsageServer['consume']>) => {
  const { statusCode, body } = await answer
  return [statusCode, JSON.parse(body).detail]
}
const exists = async (userId: string) =>
  (await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, userId)) !== null

describe('GET /v1/usage', () => {
  test('gives a user who was never seen the default tier with nothing used, and creates nobody', async () => {
    const answer = await server.get('anna')
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      {
        period: { key: '2026-01', resets_at: '2026-02-01T00:00:00+00:00' },
        tier: { id: 'free', product_id: null, caps: { questions: 50, tts_minutes: 5, credits: 20 } },
        used: { questions: 0, tts_seconds: 0, credits: 0 },
        remaining: { questions: 50, tts_minutes: 5, credits: 20 },
        balances: [{ code: 'CRD', balance: 0 }],
      },
    ])
    expect(answer.headers).toMatchObject({
      'cache-control': 'no-store',
      'x-request-id': '0123456789abcdef',
      'x-purser-revision': '0',
      'access-control-allow-origin': '*',
    })
    expect(await exists('anna')).toBe(false)
  })

  test('shows what was used, the product behind the tier, and the wallet', async () => {
    await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
    await server.consume(backend(), { user_id: 'anna', costs: { credits: 401, tts: 100 } })
    expect((await server.get('anna')).json()).toMatchObject({
      tier: { id: 'pro', product_id: 'pro_monthly', caps: { tts_minutes: 300 } },
      used: { tts_seconds: 100, credits: 400 },
      remaining: { tts_minutes: 298.333, credits: 0 },
      balances: [{ code: 'CRD', balance: 499 }],
    })
  })

  test('is for users only, 120 times a minute', async () => {
    const asServer = await server.app.inject({
      url: '/v1/usage',
      headers: { authorization: `Bearer ${backend().bearer}` },
    })
    expect([asServer.statusCode, asServer.json()]).toEqual([403, { detail: 'user_token_required' }])
    expect((await server.app.inject({ url: '/v1/usage' })).json()).toEqual({ detail: 'missing_bearer' })
    for (let count = 0; count < 120; count++) expect((await server.get('anna')).statusCode).toBe(200)
    const refused = await server.get('anna')
    expect([refused.statusCode, refused.json().detail]).toEqual([429, expect.stringMatching(/^rate_limited: /)])
    expect(refused.headers['retry-after']).toBe('60')
    expect((await server.get('ben')).statusCode).toBe(200)
  })
})

describe('POST /v1/usage/consume by an app', () => {
  test('charges what the configuration says, and repeats its answer under the same key', async () => {
    const body = { action: 'market_research', quantity: 2, idempotency_key: 'k' }
    const first = await server.consume({ user: 'anna' }, body)
    expect([first.statusCode, first.json()]).toEqual([
      200,
      {
        action: 'market_research',
        quantity: 2,
        consumed: { credits: 6 },
        from_allowance: 6,
        from_balance: 0,
        remaining: 14,
        resets_at: '2026-02-01T00:00:00+00:00',
        transaction_id: null,
        replayed: false,
        created_at: '2026-01-31T10:00:00+00:00',
      },
    ])
    const again = await server.consume(
      { user: 'anna' },
      { ...body, idempotency_key: undefined },
      { 'idempotency-key': 'k' },
    )
    expect(again.json()).toEqual({ ...first.json(), replayed: true })
    expect((await server.get('anna')).json().used.credits).toBe(6)
  })

  test('cannot name a price or another user, and is told so', async () => {
    const costs = { credits: 1 }
    expect(await said(server.consume({ user: 'anna' }, { costs }))).toEqual([
      403,
      expect.stringMatching(/^secret_key_required: costs/),
    ])
    for (const user_id of ['ben', 'anna']) {
      const body = { action: 'chat_message', user_id }
      expect(await said(server.consume({ user: 'anna' }, body))).toEqual([
        403,
        expect.stringMatching(/^secret_key_required: user_id/),
      ])
    }
    expect([await exists('anna'), await exists('ben')]).toEqual([false, false])
    expect(server.refusals).toEqual(Array(3).fill('secret_key_required'))
  })

  test('is refused when there is too little, with what is missing and when it comes back', async () => {
    const body = { action: 'chat_message', quantity: 21 }
    const refused = await server.consume({ user: 'anna' }, body)
    expect([refused.statusCode, refused.json()]).toEqual([
      402,
      {
        detail: 'insufficient_credits',
        required: 21,
        remaining: 20,
        resets_at: '2026-02-01T00:00:00+00:00',
        meter: 'credits',
      },
    ])
    await configureUsage(shop.ctx, shop.demo.projectId, { exhausted: { status: 429 } })
    const other = await server.consume({ user: 'anna' }, body)
    expect([other.statusCode, other.json(), other.headers['retry-after']]).toEqual([
      429,
      refused.json(),
      String(14 * 3600),
    ])
  })

  test('with a public key, a forged token or none is refused', async () => {
    const body = { action: 'chat_message' }
    expect(await said(server.consume({ bearer: shop.demo.testStoreKey }, body))).toEqual([503, 'identity_unconfigured'])
    expect(await said(server.consume({ bearer: 'demo.e30.x' }, body))).toEqual([401, 'invalid_token'])
    expect(await said(server.consume({ bearer: '' }, body))).toEqual([401, 'missing_bearer'])
  })

  test.each([
    ['neither action nor costs', {}, /action or costs/],
    ['an unknown action', { action: 'fly' }, /^unknown_action: fly$/],
    ['half an action', { action: 'chat_message', quantity: 0.5 }, /quantity/],
    ['less than nothing', { action: 'chat_message', quantity: -1 }, /quantity/],
    ['more than fits', { action: 'chat_message', quantity: 1_000_001 }, /quantity/],
    ['a key that is no text', { action: 'chat_message', idempotency_key: null }, /idempotency_key/],
    ['a misspelt field', { action: 'chat_message', idempotencykey: 'k' }, /idempotencykey/],
    ['a list', [], /body/],
  ])('with %s is refused with 422', async (_what, body, detail) => {
    expect(await said(server.consume({ user: 'anna' }, body))).toEqual([422, expect.stringMatching(detail)])
    expect(await exists('anna')).toBe(false)
  })

  test('with a body that cannot be read is refused, but only to who may know', async () => {
    expect(await said(server.consume({ user: 'anna' }, '{"a":'))).toEqual([
      400,
      expect.stringMatching(/^invalid_json: /),
    ])
    expect(await said(server.consume({ bearer: 'demo.e30.x' }, '{"a":'))).toEqual([401, 'invalid_token'])
    expect(await said(server.consume({ user: 'anna' }, `"${'x'.repeat(20_000)}"`))).toEqual([413, expect.any(String)])
  })
})

describe('POST /v1/usage/consume by a server', () => {
  test.each(['secretKeyV1', 'secretKeyV2'] as const)('with its %s may name costs, for any user', async (name) => {
    await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
    const body = { user_id: 'anna', costs: { credits: 25, tts: 42 } }
    const answer = await server.consume({ bearer: shop.demo[name] }, body)
    expect(answer.json()).toMatchObject({ consumed: { credits: 25, tts: 42 }, from_allowance: 20, from_balance: 5 })
    expect(answer.json().transaction_id).toMatch(/^vatx/)
    expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(495)
  })

  test('must name the user, and either an action or costs of meters that there are', async () => {
    const costs = { credits: 1 }
    expect(await said(server.consume(backend(), { costs }))).toEqual([
      422,
      expect.stringMatching(/user_id: is required/),
    ])
    expect(await said(server.consume(backend(), { costs, user_id: 'null' }))).toEqual([
      422,
      expect.stringMatching(/user_id/),
    ])
    const both = { user_id: 'anna', costs, action: 'chat_message' }
    expect(await said(server.consume(backend(), both))).toEqual([422, expect.stringMatching(/either/)])
    expect(await said(server.consume(backend(), { user_id: 'anna', costs: { words: 1 } }))).toEqual([
      422,
      'unknown_meter: words',
    ])
    for (const amount of [0, -5, 1.5, '1', null]) {
      const body = { user_id: 'anna', costs: { credits: amount } }
      expect(await said(server.consume(backend(), body))).toEqual([422, expect.stringMatching(/^invalid_fields: /)])
    }
    expect(await said(server.consume(backend(), { user_id: 'anna', costs: {} }))).toEqual([422, expect.any(String)])
  })

  test('with a key that is unknown, sent by an SDK, or not permitted is refused', async () => {
    const body = { user_id: 'anna', costs: { credits: 1 } }
    expect(await said(server.consume({ bearer: 'sk_unknown' }, body))).toEqual([401, 'invalid_secret_key'])
    expect(await said(server.consume(backend(), body, { 'x-platform': 'iOS' }))).toEqual([403, 'secret_key_in_app'])
    const { projectId } = shop.demo
    const key = { projectId, label: 'reader', version: 'v2' as const, scopes: ['customer_information:purchases:read'] }
    const made = await shop.ctx.transaction<string, never>(async (tx) =>
      ok(await addSecretKey(tx, shop.ctx, testSecrets, key)),
    )
    const bearer = made.ok ? made.value : ''
    expect(await said(server.consume({ bearer }, body))).toEqual([403, expect.stringMatching(/^permission_missing: /)])
    expect(await exists('anna')).toBe(false)
  })

  test('with two keys for one consumption is refused', async () => {
    const body = { user_id: 'anna', action: 'chat_message', idempotency_key: 'one' }
    const answer = server.consume(backend(), body, { 'idempotency-key': 'two' })
    expect(await said(answer)).toEqual([400, expect.stringMatching(/^idempotency_key_mismatch/)])
  })
})

test('the OpenAPI document describes both operations', () => {
  expect(server.document().paths).toMatchObject({
    '/v1/usage': { get: { operationId: 'getUsage', security: [{ userBearer: [] }] } },
    '/v1/usage/consume': {
      post: { operationId: 'consumeUsage', security: [{ userBearer: [] }, { secretKey: [] }] },
    },
  })
})
