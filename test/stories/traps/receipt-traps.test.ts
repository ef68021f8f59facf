import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { refuse } from '../../../src/core/lib/result.ts'
import type { Ctx } from '../../../src/usecases/ports.ts'
import { performStoreAction } from '../../../src/usecases/purchases/perform-store-action.ts'
import { type ClockedServer, startClockedServer } from '../../support/clocked-server.ts'
import { balanceOf, newToken } from '../../support/demo.ts'
import { newShopPerStory } from '../../support/story.ts'

/** Guarantee: no answer to a posted receipt makes a device lose a purchase, and none gives it twice. */
const shop = newShopPerStory()
const DAY_MS = 86_400_000
let server: ClockedServer
/** What the store says to a receipt instead of the Test Store's own answer; null when it answers itself. */
let trouble: string | null
beforeEach(async () => {
  trouble = null
  const stores: Ctx['stores'] = (store) => {
    const adapter = shop.ctx.stores(store)
    if (adapter === null) return null
    return {
      ...adapter,
      verify: async (question) =>
        trouble === null ? adapter.verify(question) : refuse({ code: 'store_unavailable' as const, problem: trouble }),
    }
  }
  server = await startClockedServer({ ...shop, ctx: { ...shop.ctx, stores } }, { demo: shop.demo })
})
afterEach(() => server.close())

const headers = () => ({ authorization: `Bearer ${shop.demo.testStoreKey}`, 'x-platform': 'ios' })
const post = (token: string, productId = 'pro_monthly', more: object = {}) =>
  server.ask('POST', '/v1/receipts', {
    headers: headers(),
    body: { app_user_id: 'anna', fetch_token: token, product_id: productId, ...more },
  })
const customer = async () => (await server.ask('GET', '/v1/subscribers/anna', { headers: headers() })).body.subscriber

test('trap 29: a payment that is pending gives no access, and the same receipt does once it is paid', async () => {
  const token = newToken(shop)
  trouble = 'the payment is pending'
  expect((await post(token)).status).toBe(503)
  expect((await customer()).entitlements).toEqual({})
  trouble = null
  expect((await post(token)).body.subscriber.entitlements.pro).toBeDefined()
})

test('trap 52: an outage of the store is answered so that the device keeps the purchase, and posts it again', async () => {
  const token = newToken(shop)
  trouble = 'the store does not answer'
  const answer = await post(token, 'credits_500')
  expect(answer.status).toBe(503)
  expect(answer.body.code).toBe(7101)
  trouble = null
  expect((await post(token, 'credits_500')).status).toBe(200)
  expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(500)
})

test('trap 50: a consumable that is bought twice in one second is two entries and twice the units', async () => {
  const at = shop.clock.now()
  const tokens = [`test_${at}_${randomUUID()}`, `test_${at}_${randomUUID()}`]
  for (const token of tokens) await post(token, 'credits_500')
  const bought: Array<{ store_transaction_id: string }> = (await customer()).non_subscriptions.credits_500
  expect(bought.map((entry) => entry.store_transaction_id).sort()).toEqual(tokens.sort())
  expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(1_000)
})

test('trap 51: the same receipt by several calls at once is one purchase, and every answer shows it', async () => {
  const token = newToken(shop)
  const answers = await Promise.all(Array.from({ length: 6 }, () => post(token, 'credits_500')))
  expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200))
  for (const { body } of answers) expect(body.subscriber.non_subscriptions.credits_500).toHaveLength(1)
  expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(500)
})

test('trap 53: the end of access that SDKs see in a grace is the end of the grace', async () => {
  await post(newToken(shop))
  shop.clock.advance(1_000)
  const failed = await performStoreAction(shop.ctx, {
    projectId: shop.demo.projectId,
    appUserId: 'anna',
    target: { storeProductId: 'pro_monthly' },
    action: { kind: 'fail_billing', graceDays: 3 },
  })
  expect(failed.ok).toBe(true)
  const graceEnd = new Date(shop.clock.now() + 3 * DAY_MS).toISOString().replace('.000Z', 'Z')
  const { entitlements, subscriptions } = await customer()
  expect(entitlements.pro).toMatchObject({ expires_date: graceEnd, grace_period_expires_date: graceEnd })
  expect(subscriptions.pro_monthly).toMatchObject({ expires_date: graceEnd, grace_period_expires_date: graceEnd })
})

test('trap 54: the type of a period is one that SDKs know, also of an entitlement that was granted', async () => {
  await post(newToken(shop))
  const granted = await server.ask('POST', '/v1/subscribers/anna/entitlements/pro/promotional', {
    headers: { authorization: `Bearer ${shop.demo.secretKeyV1}` },
    body: { duration: 'monthly' },
  })
  expect(granted.status).toBe(201)
  const { subscriptions } = await customer()
  const types = Object.values(subscriptions).map((entry) => (entry as { period_type: string }).period_type)
  expect(types).toEqual(['normal', 'normal'])
})

test('trap 57: a receipt as a bomb is refused before it is read, and the next one is not harmed', async () => {
  const huge = await post('x'.repeat(20_000_000))
  expect(huge.status).toBe(413)
  const depth = 200_000
  const nested = await server.ask('POST', '/v1/receipts', {
    headers: headers(),
    bytes: `{"app_user_id":"anna","fetch_token":"x","product_id":"p","paywall":${'['.repeat(depth)}${']'.repeat(depth)}}`,
  })
  expect(nested.status).toBe(400)
  expect((await post(newToken(shop))).status).toBe(200)
})
