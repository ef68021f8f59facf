import { expect, test } from 'vitest'
import { BLOCKED_IDS_MAX } from '../../src/usecases/customers/block-app-user-id.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const shop = newV1Shop()

const block = (userId: string, reason: unknown = 'ZD-9 fraud') =>
  shop.admin('PUT', `/admin/blocked-users/${encodeURIComponent(userId)}`, { reason })
const find = (appUserId: string) => shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, appUserId)

test('whoever has a blocked id is deleted with all of their names, and the receipt is free for others', async () => {
  const { token } = await shop.purchase(PHONE, 'pro_monthly')
  await shop.sdk('POST', '/v1/subscribers/identify', { app_user_id: PHONE, new_app_user_id: 'mallory' })
  expect(await block('mallory')).toMatchObject({ status: 200, body: { user_id: 'mallory', deleted: true } })
  expect([await find('mallory'), await find(PHONE)]).toEqual([null, null])
  const body = { app_user_id: 'anna', fetch_token: token, product_id: 'pro_monthly' }
  expect((await shop.sdk('POST', '/v1/receipts', body, { 'x-platform': 'ios' })).status).toBe(200)
})

test('no call makes a customer of a blocked id: each that could is answered 400 with 7256, and writes nothing', async () => {
  await shop.server('GET', '/v1/subscribers/anna')
  await block('mallory')
  const refused = { status: 400, body: { code: 7256 } }
  const attributes = { attributes: { cat: { value: 'x', updated_at_ms: 1 } } }
  expect(await shop.sdk('GET', '/v1/subscribers/mallory')).toMatchObject(refused)
  expect(await shop.server('GET', '/v1/subscribers/mallory')).toMatchObject(refused)
  expect(await shop.sdk('POST', '/v1/subscribers/mallory/attributes', attributes)).toMatchObject(refused)
  expect(await shop.purchase('mallory', 'pro_monthly')).toMatchObject(refused)
  for (const current of [PHONE, 'anna']) {
    const body = { app_user_id: current, new_app_user_id: 'mallory' }
    expect(await shop.sdk('POST', '/v1/subscribers/identify', body)).toMatchObject(refused)
  }
  const alias = { new_app_user_id: 'mallory' }
  const path = `/v1/subscribers/${encodeURIComponent(PHONE)}/alias`
  expect(await shop.sdk('POST', path, alias)).toMatchObject(refused)
  expect([await find('mallory'), await find(PHONE)]).toEqual([null, null])
})

test('letter case counts: only the id itself is blocked', async () => {
  await block('mallory')
  expect((await shop.sdk('GET', '/v1/subscribers/Mallory')).status).toBe(201)
})

test('an id that is unblocked is used by somebody new, and the list tells who is blocked, by whom and why', async () => {
  await shop.purchase('mallory', 'pro_monthly')
  await block('mallory')
  await block('mallory', 'again')
  expect((await shop.admin('GET', '/admin/blocked-users')).body).toEqual({
    blocked: [{ user_id: 'mallory', reason: 'ZD-9 fraud', actor: 'admin', blocked_at: '2026-01-31T10:00:00.000Z' }],
  })
  expect((await shop.admin('DELETE', '/admin/blocked-users/mallory')).status).toBe(200)
  expect((await shop.admin('DELETE', '/admin/blocked-users/mallory')).body.detail).toBe('user_not_blocked')
  const { status, body } = await shop.sdk('GET', '/v1/subscribers/mallory')
  expect([status, body.subscriber.subscriptions]).toEqual([201, {}])
})

test('a reason is needed, ids with blanks or slashes and placeholders are not taken', async () => {
  for (const id of ['two words', 'a/b', 'null']) expect((await block(id)).status).toBe(422)
  for (const reason of [undefined, '', 7]) expect((await block('mallory', reason ?? null)).status).toBe(422)
  expect((await shop.admin('GET', '/admin/blocked-users')).body).toEqual({ blocked: [] })
})

test('a project blocks a hundred ids and not one more', async () => {
  for (let count = 0; count < BLOCKED_IDS_MAX; count++) {
    expect((await block(`bad-${count}`)).status).toBe(200)
    // The Admin API counts requests of a minute.
    shop.clock.advance(2_000)
  }
  expect((await block('one-more')).body.detail).toBe('too_many_blocked_ids')
  expect((await block('bad-0')).status).toBe(200)
})

test('a block and the first call of the same id at the same moment leave no customer behind', async () => {
  for (let round = 0; round < 10; round++) {
    const id = `mallory-${round}`
    await Promise.all([
      block(id),
      ...Array.from({ length: 4 }, () => shop.sdk('GET', `/v1/subscribers/${id}`)),
      shop.purchase(id, 'credits_500'),
    ])
    expect(await find(id), id).toBeNull()
  }
})

test('why somebody who is blocked has nothing is explained', async () => {
  await block('mallory')
  const { status, body } = await shop.admin('GET', '/admin/customers/mallory/access?entitlement=pro')
  expect(status).toBe(200)
  expect(body).toMatchObject({
    customer_id: null,
    blocked: { reason: 'ZD-9 fraud', actor: 'admin' },
    entitlements: [{ lookup_key: 'pro', verdict: 'never' }],
  })
  expect(body.text).toEqual([
    'mallory is blocked since 2026-01-31T10:00:00.000Z by admin, "ZD-9 fraud": it names nobody.',
  ])
})
