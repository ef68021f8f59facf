import { expect, test } from 'vitest'
import { newV1Shop } from '../support/v1-shop.ts'

const shop = newV1Shop()

const attributesOf = async (user: string) => {
  const { subscriber_attributes } = (await shop.server('GET', `/v1/subscribers/${user}`)).body.subscriber
  return Object.fromEntries(
    Object.entries(subscriber_attributes as Record<string, { value: string }>).map(([key, { value }]) => [key, value]),
  )
}

test('attribution: device ids and the id of the install are kept as attributes, and cannot be changed afterwards', async () => {
  const path = '/v1/subscribers/anna/attribution'
  const first = { network: 2, data: { rc_idfa: 'A1', rc_idfv: 'V1', rc_attribution_network_id: 'af', adset: 'x' } }
  const told = await shop.sdk('POST', path, first)
  expect([told.status, told.body]).toEqual([200, {}])
  expect(await attributesOf('anna')).toEqual({ $idfa: 'A1', $idfv: 'V1', $appsflyerId: 'af' })
  shop.clock.advance(60_000)
  await shop.server('POST', path, { network: '0', data: { rc_idfa: 'A2', rc_ip_address: '203.0.113.9' } })
  expect(await attributesOf('anna')).toEqual({ $idfa: 'A1', $idfv: 'V1', $appsflyerId: 'af', $ip: '203.0.113.9' })
})

test('attribution: what says nothing is accepted, and creates nobody', async () => {
  for (const body of [{}, { network: 1 }, { network: 1, data: 'x' }]) {
    expect((await shop.sdk('POST', '/v1/subscribers/anna/attribution', body)).body).toEqual({})
  }
  expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')).toBeNull()
})

test('health_report tells what is known without a store', async () => {
  const ready = await shop.sdk('GET', '/v1/subscribers/anna/health_report')
  expect([ready.status, ready.body]).toEqual([
    200,
    {
      status: 'passed',
      project_id: shop.demo.projectId,
      app_id: shop.demo.app.appId,
      checks: ['api_key', 'products', 'offerings'].map((name) => ({ name, status: 'passed' })),
    },
  ])
  await shop.addApp({ appId: 'app_ios', store: 'app_store', publicKey: 'appl_key' })
  const empty = await shop.ask('appl_key', 'GET', '/v1/subscribers/anna/health_report')
  expect([empty.body.status, empty.body.checks[1]]).toEqual(['warning', { name: 'products', status: 'warning' }])
})

test('ads/reward_verifications ends the polling of SDKs, with nothing given', async () => {
  const { status, body } = await shop.sdk('GET', '/v1/subscribers/anna/ads/reward_verifications/tx1')
  expect([status, body]).toEqual([
    200,
    { status: 'failed', reward: null, more_rewards: [], message: expect.any(String) },
  ])
})

test.each([
  ['GET', '/v1/subscribers/anna/workflows/wf1', 404, 7226],
  ['GET', '/v1/subscribers/anna/products', 404, 7226],
  ['POST', '/v1/external_purchase_tokens', 404, 7226],
  ['GET', '/v1/receipts/amazon/user/receipt', 500, 7101],
] as const)('%s %s is refused with %i, %i in a body that SDKs can read', async (method, path, status, code) => {
  const answer = await shop.sdk(method, path, method === 'POST' ? {} : undefined)
  expect([answer.status, answer.body]).toEqual([status, { code, message: expect.any(String) }])
})
