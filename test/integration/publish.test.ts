import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HOUR_MS, SECOND_MS } from '../../src/core/lib/clock.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { bootstrapSession } from '../../src/usecases/realtime/bootstrap-session.ts'
import { forgetOldEnvelopes, PUBLISHED_KINDS_MAX } from '../../src/usecases/realtime/publish-envelope.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { buy, testSecrets } from '../support/demo.ts'
import { startGateway } from '../support/realtime-client.ts'
import { newShopPerStory } from '../support/story.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const MESSAGE = { user_id: 'anna', event: 'orders.updated', data: { order: 'A-1' } }

const shop = newShopPerStory()
let api: AdminApi
beforeEach(async () => {
  api = await adminApi(shop.ctx, shop.demo.projectId)
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  shop.changes.length = 0
})

/** A gateway on the shop's database that hears of nothing but what it is told. */
type Gateway = Awaited<ReturnType<typeof startGateway>>
const gateways: Gateway[] = []
afterEach(async () => {
  for (const gateway of gateways.splice(0)) await gateway.close()
})

async function gatewayOfAProcess() {
  const { customers, realtimeTokens, published } = shop.ctx.read
  const gateway = await startGateway({
    read: { customers, realtimeTokens, published },
    clock: shop.clock,
    secrets: testSecrets,
  })
  gateways.push(gateway)
  const connect = async (userId = 'anna') => {
    const ensureCustomer = async () => {
      const customer = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, userId)
      if (customer === null) throw new Error('the customer exists')
      return customer
    }
    const input = { projectId: shop.demo.projectId, userId, deviceId: crypto.randomUUID() }
    const { token } = await bootstrapSession({ ctx: shop.ctx, ensureCustomer, secrets: testSecrets }, input)
    return gateway.connect(token)
  }
  return { ...gateway, connect }
}

const revisionOf = async (userId = 'anna') =>
  (await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, userId))?.revision ?? Number.NaN

describe('publishing a message', () => {
  test('raises the revision by one, announces it with its content, and is answered in full', async () => {
    const before = await revisionOf()
    const answer = await api.publish(MESSAGE)
    expect(answer).toMatchObject({ status: 200, headers: { 'x-purser-revision': String(before + 1) } })
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^envl/),
      user_id: 'anna',
      topic: 'user:anna',
      event: 'orders.updated',
      seq: before + 1,
      idempotency_key: null,
      replayed: false,
      occurred_at: '2026-01-31T10:00:00.000Z',
    })
    expect(await revisionOf()).toBe(before + 1)
    expect(shop.changes).toMatchObject([
      { kinds: ['custom'], cause: 'publish', published: { event: 'orders.updated', data: { order: 'A-1' } } },
    ])
  })

  test('is done once under a key', async () => {
    const first = await api.publish(MESSAGE, { 'idempotency-key': 'k1' })
    const again = await api.publish({ ...MESSAGE, idempotency_key: 'k1' })
    expect(again.body).toEqual({ ...first.body, replayed: true })
    expect(again.headers['idempotency-replayed']).toBe('true')
    const other = await api.publish({ ...MESSAGE, data: { order: 'A-2' }, idempotency_key: 'k1' })
    expect(other).toMatchObject({ status: 409, body: { detail: 'idempotency_key_conflict' } })
    expect(shop.changes).toHaveLength(1)
  })

  test('needs a user who exists, and creates none', async () => {
    expect(await api.publish({ ...MESSAGE, user_id: 'nobody' })).toMatchObject({
      status: 404,
      body: { detail: 'rc_customer_not_found' },
    })
    expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'nobody')).toBeNull()
  })

  test('is refused when a user has too many kinds, until some are a day old', async () => {
    const statuses = []
    for (let index = 0; index <= PUBLISHED_KINDS_MAX; index++) {
      statuses.push((await api.publish({ ...MESSAGE, event: `orders.kind_${index}` })).status)
    }
    expect(statuses).toEqual([...Array(PUBLISHED_KINDS_MAX).fill(200), 422])
    expect((await api.publish({ ...MESSAGE, event: 'orders.kind_0' })).status, 'a kind that is there').toBe(200)
    shop.clock.advance(24 * HOUR_MS + 1)
    expect((await api.publish({ ...MESSAGE, event: 'orders.one_more' })).status).toBe(200)
  })

  test('is forgotten after 24 hours', async () => {
    await api.publish(MESSAGE)
    shop.clock.advance(24 * HOUR_MS)
    expect(await forgetOldEnvelopes(shop.ctx)).toEqual({ done: 0, more: false })
    shop.clock.advance(1)
    expect(await forgetOldEnvelopes(shop.ctx)).toEqual({ done: 1, more: false })
  })
})

describe('a published message reaches', () => {
  test('a socket of the same process, with the change', async () => {
    const gateway = await gatewayOfAProcess()
    const client = await gateway.connect()
    const { body } = await api.publish(MESSAGE)
    for (const change of shop.changes) gateway.bus.publish(change)
    expect(await client.next()).toEqual({
      v: 1,
      event: 'orders.updated',
      data: {
        id: body.id,
        topic: 'user:anna',
        silent: true,
        seq: body.seq,
        occurred_at: body.occurred_at,
        cause: 'publish',
        data: { order: 'A-1' },
      },
    })
  })

  test('a socket of another process, which hears of the change without its content', async () => {
    const gateway = await gatewayOfAProcess()
    const client = await gateway.connect()
    const { body } = await api.publish(MESSAGE)
    for (const { published: _content, ...hint } of shop.changes) gateway.bus.publish(hint)
    expect(await client.next()).toMatchObject({
      event: 'orders.updated',
      data: { id: body.id, data: { order: 'A-1' } },
    })
  })

  test('a client that connects later to whichever process, if its cursor is older, the last of its kind', async () => {
    const cursor = await revisionOf()
    await api.publish(MESSAGE)
    shop.clock.advance(SECOND_MS)
    const { body } = await api.publish({ ...MESSAGE, data: { order: 'A-2' } })
    const client = await (await gatewayOfAProcess()).connect()
    client.send({ op: 'subscribe', topics: ['user:anna'], cursor })
    const frames = await client.settled()
    expect(frames.filter(({ event }) => event === 'orders.updated')).toMatchObject([
      { data: { id: body.id, seq: body.seq, data: { order: 'A-2' } } },
    ])
    expect(frames.at(-1)).toMatchObject({ event: 'subscribed', data: { replayed: 3 } })

    const later = await (await gatewayOfAProcess()).connect()
    later.send({ op: 'subscribe', topics: ['user:anna'], cursor: body.seq })
    expect(await later.settled()).toMatchObject([{ event: 'subscribed', data: { replayed: 0 } }])
  })

  test('the customer into whom the user was merged, once by its id', async () => {
    await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: PHONE })
    await api.publish({ ...MESSAGE, user_id: PHONE, event: 'orders.phone' })
    await api.publish(MESSAGE)
    const gateway = await gatewayOfAProcess()
    const client = await gateway.connect()
    shop.changes.length = 0
    await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
    for (const change of shop.changes) gateway.bus.publish(change)
    const names = [await client.next(), await client.next(), await client.next()].map(({ event }) => event)
    expect(names.sort()).toEqual(['entitlements.changed', 'orders.phone', 'usage.changed'])
  })
})
