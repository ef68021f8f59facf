import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { statement } from '../../src/db/statement.ts'
import { verifyLedger } from '../../src/db/wallet-verify.ts'
import { deleteCustomer } from '../../src/usecases/customers/delete-customer.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { setAttributes } from '../../src/usecases/customers/set-attributes.ts'
import { grantEntitlement } from '../../src/usecases/entitlements/grant-entitlement.ts'
import { performStoreAction } from '../../src/usecases/purchases/perform-store-action.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { expireDueHolds } from '../../src/usecases/wallet/expire-due-holds.ts'
import { lapseDueLots } from '../../src/usecases/wallet/lapse-due-lots.ts'
import { createEndpoint } from '../../src/usecases/webhooks/change-endpoints.ts'
import { relayEvents } from '../../src/usecases/webhooks/relay-events.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { type ClockedServer, inTime, startClockedServer } from '../support/clocked-server.ts'
import { balanceOf, buy, newToken, testSecrets } from '../support/demo.ts'
import { accessOf } from '../support/history.ts'
import { newShopPerStory } from '../support/story.ts'
import { configureUsage, consumeAs } from '../support/usage.ts'
import { ALLOWED } from '../support/webhook-sending.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const shop = newShopPerStory()
let api: AdminApi
beforeEach(async () => {
  api = await adminApi(shop.ctx, shop.demo.projectId)
})

const find = (user: string) => shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, user)
const credits = (user: string) => balanceOf(shop.ctx, shop.demo.projectId, user)
const erase = (appUserId: string) =>
  deleteCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId, by: 'apikey1' })
const note = (appUserId: string) => {
  const attributes = [{ key: '$email', value: `${appUserId}@example.com`, updatedAt: null }]
  return setAttributes(shop.ctx, { projectId: shop.demo.projectId, appUserId, attributes })
}
const logIn = (newAppUserId: string) =>
  identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId })
const verify = async () => {
  const report = await verifyLedger(shop.database, { hash: shop.ctx.hash, onProgress: () => undefined })
  return report.fault
}
const rows = <Row>(name: string, text: string, values: readonly unknown[] = []) =>
  shop.database.query<Row>(statement(`test.erasure_${name}`, text), values)

function grantPro(appUserId: string) {
  const terms = { endsAt: null, duration: 'lifetime' as const, startsAt: null }
  return grantEntitlement(shop.ctx, {
    projectId: shop.demo.projectId,
    appUserId,
    entitlement: 'pro',
    terms,
    by: 'apikey1',
  })
}

async function addEndpoint(): Promise<void> {
  const everything = { name: 'all', authorization: null, eventTypes: null, appId: null, environment: null }
  const url = 'https://127.0.0.1/hook'
  const facts = { ...everything, projectId: shop.demo.projectId, url, secret: null }
  expect(await createEndpoint(shop.ctx, { secrets: testSecrets, allowed: ALLOWED }, facts)).toMatchObject({ ok: true })
}

const relay = () =>
  relayEvents(shop.ctx, (_event, error) => {
    throw error
  })

/** A life with something in every corner: deliveries that wait, a merge, purchases, units, a hold, grants, attributes, messages and counters. */
async function liveFully(): Promise<string> {
  await configureUsage(shop.ctx, shop.demo.projectId, {
    meters: [],
    actions: [{ id: 'ask', cost: { credits: 1 } }],
    tiers: [{ id: 'free', default: true, caps: { credits: 5 } }],
  })
  await addEndpoint()
  const token = newToken(shop.ctx)
  await buy(shop.ctx, shop.demo, PHONE, 'credits_500', token)
  await note(PHONE)
  expect((await relay()).done).toBeGreaterThan(0)
  await note('anna')
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  await logIn('anna')
  await grantPro('anna')
  expect((await api.post('/users/anna/holds', { amount: 300, reason: 'job 7' })).status).toBe(200)
  expect((await api.publish({ user_id: 'anna', event: 'orders.updated' })).status).toBeLessThan(300)
  expect(await consumeAs(shop.ctx, shop.demo.projectId, 'anna', 'ask')).toMatchObject({ ok: true })
  return token
}

/** Tables in which rows of an erased customer stay, and why. */
const KEPT = {
  customers: 'the ledger belongs to it; the name is gone',
  events: 'the feed has no gaps; what they told is gone',
  wallet_balances: 'the ledger',
  wallet_draws: 'the ledger',
  wallet_holds: 'the ledger',
  wallet_lots: 'the ledger',
  wallet_postings: 'the ledger',
  wallet_references: 'the ledger',
  wallet_transactions: 'the ledger',
  purchase_ownerships: 'of purchases that others have: who had them before, by an id that names nobody any more',
}

describe('a deleted customer', () => {
  test('leaves nothing but the ledger, in no table, whatever is added to the schema', async () => {
    await liveFully()
    const family = await rows<{ customer_id: string }>('family', 'select customer_id from customers')
    expect(family.length).toBeGreaterThan(1)
    expect(await rows('queued', "select 1 from webhook_deliveries where state = 'pending'")).not.toEqual([])
    expect(await erase('anna')).toEqual({ ok: true, value: null })
    expect(await relay()).toEqual({ done: 0, more: false })
    const tables = await rows<{ name: string }>(
      'tables',
      `select distinct table_name as name from information_schema.columns
       where table_schema = 'public' and column_name = 'customer_id' order by 1`,
    )
    expect(tables.length).toBeGreaterThan(10)
    for (const { name } of tables) {
      const found = await rows(`left_${name}`, `select 1 from ${name} where customer_id = any($1::text[])`, [
        family.map((one) => one.customer_id),
      ])
      expect([name, found.length > 0 && !(name in KEPT)]).toEqual([name, false])
    }
    expect(await rows('told', "select 1 from events where data <> '{}' or body is not null or waits")).toEqual([])
    expect(await rows('claims', 'select 1 from store_claims')).toEqual([])
    expect(
      await rows('names', 'select original_app_user_id as name from customers where erased_at is not null'),
    ).toEqual(await rows('ids', 'select customer_id as name from customers'))
  })

  test('has ended holds and no units, and the whole ledger still verifies', async () => {
    await liveFully()
    const before = await rows<{ customer_id: string }>(
      'owner',
      'select customer_id from wallet_balances where balance > 0',
    )
    expect(before).toHaveLength(1)
    await erase('anna')
    expect(await verify()).toBeNull()
    const last = await rows<{ kind: string; actor: string }>(
      'last',
      'select kind, actor from wallet_transactions where customer_id = $1 order by sequence desc limit 2',
      [before[0]?.customer_id],
    )
    expect(last).toEqual([
      { kind: 'erase', actor: 'apikey1' },
      { kind: 'hold_release', actor: 'apikey1' },
    ])
    shop.clock.advance(400 * DAY_MS)
    expect(await expireDueHolds(shop.ctx)).toEqual({ done: 0, more: false })
    expect(await lapseDueLots(shop.ctx)).toEqual({ done: 0, more: false })
  })

  test('is a new one when a name is used again, without anything of the old one', async () => {
    await liveFully()
    const old = await find('anna')
    await erase(PHONE)
    expect([await find('anna'), await find(PHONE)]).toEqual([null, null])
    expect(await erase('anna')).toEqual({ ok: false, refusal: { code: 'customer_unknown' } })
    await note('anna')
    const anew = await find('anna')
    expect(anew?.customerId).not.toBe(old?.customerId)
    expect([await credits('anna'), await accessOf(shop, shop.demo.projectId, 'anna')]).toEqual([0, {}])
    expect(await find(PHONE)).toBeNull()
  })

  test('loses the receipt to whoever posts it next', async () => {
    const token = await liveFully()
    await erase('anna')
    const posted = await buy(shop.ctx, shop.demo, 'ben', 'credits_500', token)
    expect(posted.customer.customerId).toBe((await find('ben'))?.customerId)
    expect(await credits('ben')).toBe(500)
    expect(await verify()).toBeNull()
  })

  test('is in the way of no refund of a purchase that somebody else has now', async () => {
    const token = await liveFully()
    const { projectId } = shop.demo
    await buy(shop.ctx, shop.demo, 'ben', 'credits_500', token)
    expect([await credits('anna'), await credits('ben')]).toEqual([700, 0])
    await erase('anna')
    const { purchase } = await buy(shop.ctx, shop.demo, 'ben', 'credits_500', token)
    const { storeTransactionId } = purchase
    const action = { kind: 'refund' as const, storeTransactionId }
    const order = { projectId, appUserId: 'ben', target: { storeTransactionId }, action }
    expect(await performStoreAction(shop.ctx, order)).toMatchObject({ ok: true })
    expect(await verify()).toBeNull()
  })

  test('is nobody to the operators: no adjustment, hold or reversal reaches the old ledger', async () => {
    await liveFully()
    const [bought] = await rows<{ id: string }>(
      'bought',
      "select transaction_id as id from wallet_transactions where kind = 'purchase_grant'",
    )
    const { body: held } = await api.post('/users/anna/holds', { amount: 1, reason: 'job 8' })
    await erase('anna')
    const sequences = () => rows('sequences', 'select customer_id, ledger_sequence from customers order by 1')
    const before = await sequences()
    expect((await api.get('/users/anna/balances')).status).toBe(404)
    expect((await api.post(`/holds/${held.hold_id}/capture`)).status).toBe(404)
    expect((await api.post(`/transactions/${bought?.id}/reverse`, { reason: 'ZD-2' })).status).toBe(404)
    expect(await sequences()).toEqual(before)
  })
})

describe('somebody who is connected', () => {
  let server: ClockedServer
  beforeEach(async () => {
    server = await startClockedServer(shop, {
      demo: shop.demo,
      env: { PURSER_ADMIN_SECRET: 'a-secret-of-these-tests-0123456' },
    })
  })
  afterEach(() => server.close())

  test('is told that the session is over when the customer is deleted over HTTP', async () => {
    await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
    const user = { authorization: `Bearer ${await server.userToken('anna')}` }
    const session = await server.ask('POST', '/v1/sessions/realtime-bootstrap', { headers: user, body: {} })
    const { next } = await server.connect(session.body.token)
    const headers = { authorization: `Bearer ${shop.demo.secretKeyV1}` }
    const deleted = await server.ask('DELETE', '/v1/subscribers/anna', { headers })
    expect([deleted.status, deleted.body]).toEqual([200, { app_user_id: 'anna', deleted: true }])
    expect(await inTime(next())).toMatchObject({ event: 'session.revoked' })
    const again = await server.ask('DELETE', '/v1/subscribers/anna', { headers })
    expect([again.status, again.body.code]).toEqual([404, 7259])
    const fresh = await server.ask('GET', '/v1/subscribers/anna', { headers })
    expect([fresh.status, fresh.body.subscriber.subscriptions]).toEqual([201, {}])
  })
})

/** What is to be told of somebody who was deleted. */
const LEFT_TO_TELL = `select c.customer_id from customers c
  left join webhook_deliveries d on d.bucket = c.bucket and d.customer_id = c.customer_id
  left join events e on e.bucket = c.bucket and e.customer_id = c.customer_id and (e.waits or e.body is not null)
  where c.erased_at is not null and (d.customer_id is not null or e.customer_id is not null)`

test('whatever others write while a customer is deleted, it is whole or gone, and the database is sound', async () => {
  const { ctx, demo } = shop
  const token = newToken(ctx)
  await addEndpoint()
  const call = fc.constantFrom('erase', 'relay', 'buy', 'post', 'note', 'adjust', 'grant', 'log-in')
  const adjust = () =>
    adjustBalance(ctx, {
      projectId: demo.projectId,
      userId: 'anna',
      currency: 'CRD',
      amount: 7,
      reason: 'ZD-1',
      idempotencyKey: null,
      actor: 'support',
      requestId: 'req1',
    })
  const make: Record<string, () => Promise<unknown>> = {
    erase: () => erase('anna'),
    relay,
    buy: () => buy(ctx, demo, 'anna', 'credits_500'),
    post: () => buy(ctx, demo, PHONE, 'pro_monthly', token),
    note: () => note('anna'),
    adjust,
    grant: () => grantPro('anna'),
    'log-in': () => logIn('anna'),
  }
  await fc.assert(
    fc.asyncProperty(fc.array(call, { minLength: 2, maxLength: 10 }), async (calls) => {
      await Promise.all(calls.map((name) => make[name]?.()))
      expect(await verify()).toBeNull()
      expect(await rows('left_to_tell', LEFT_TO_TELL)).toEqual([])
    }),
    { numRuns: 25 },
  )
})
