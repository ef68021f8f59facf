import { afterEach, beforeEach, expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { statement } from '../../src/db/statement.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { setAttributes } from '../../src/usecases/customers/set-attributes.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { changeBalances } from '../../src/usecases/wallet/change-balances.ts'
import { BODY_LIFE_MS, forgetOldBodies } from '../../src/usecases/webhooks/forget-old-bodies.ts'
import { relayEvents } from '../../src/usecases/webhooks/relay-events.ts'
import { setApiEvents } from '../../src/usecases/webhooks/set-api-events.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { auditDatabase } from '../support/audit.ts'
import { buy, createDemo, type Demo, newToken } from '../support/demo.ts'
import { openWorld, type World } from '../support/world.ts'

const ANONYMOUS = `$RCAnonymousID:${'a'.repeat(32)}`

let world: World
let demo: Demo
let api: AdminApi
beforeEach(async () => {
  world = await openWorld()
  demo = await createDemo(world.ctx)
  api = await adminApi(world.ctx, demo.projectId)
})
afterEach(async () => {
  const violations = await auditDatabase(world.database)
  await world.close()
  expect(violations).toEqual([])
})

async function relay(): Promise<void> {
  while ((await relayEvents(world.ctx, fail)).more);
}

function fail(_event: unknown, error: unknown): never {
  throw error
}

function adjust(userId: string, amount: number, isGrouped = true) {
  const ctx = isGrouped ? world.ctx : { ...world.ctx, groupedTransaction: alone }
  const change = { projectId: demo.projectId, userId, currency: 'CRD', amount, reason: 'gift', idempotencyKey: null }
  return adjustBalance(ctx, { ...change, actor: 'support', requestId: 'req1' })
}

/** A write that is alone at its moment. */
const alone: World['ctx']['groupedTransaction'] = (_subject, work) => world.ctx.transaction(work)

type FeedItem = { position: number; revision: number; body: { event: Record<string, unknown> } }

test('a purchase is told with what the customer and the catalogue say, as a receiver reads it', async () => {
  const boughtAt = world.clock.now()
  await buy(world.ctx, demo, ANONYMOUS, 'pro_monthly')
  await setAttributes(world.ctx, {
    projectId: demo.projectId,
    appUserId: ANONYMOUS,
    attributes: [{ key: '$email', value: 'anna@example.com', updatedAt: boughtAt }],
  })
  world.clock.advance(1_000)
  await identifyCustomer(world.ctx, { projectId: demo.projectId, appUserId: ANONYMOUS, newAppUserId: 'anna' })
  await relay()
  const { status, body } = await api.events()
  expect(status).toBe(200)
  const [purchase, units] = body.events as FeedItem[]
  expect(body).toMatchObject({ next: '2', has_more: false })
  expect(purchase).toMatchObject({
    position: 1,
    body: {
      api_version: '1.0',
      event: {
        type: 'INITIAL_PURCHASE',
        event_timestamp_ms: boughtAt,
        app_id: demo.app.appId,
        product_id: 'pro_monthly',
        entitlement_ids: ['pro'],
        store: 'TEST_STORE',
        environment: 'SANDBOX',
        period_type: 'NORMAL',
        presented_offering_id: 'default',
        original_app_user_id: ANONYMOUS,
        app_user_id: 'anna',
        aliases: [ANONYMOUS, 'anna'],
        subscriber_attributes: { $email: { value: 'anna@example.com', updated_at_ms: boughtAt } },
        country_code: null,
      },
    },
  })
  expect(units?.body.event).toMatchObject({
    type: 'VIRTUAL_CURRENCY_TRANSACTION',
    app_id: demo.app.appId,
    product_id: 'pro_monthly',
    purchase_environment: 'SANDBOX',
    store: 'TEST_STORE',
    source: 'in_app_purchase',
    transaction_id: purchase?.body.event.transaction_id,
    adjustments: [{ amount: 500, currency: { code: 'CRD', name: 'Credits' } }],
  })
})

test('units are told with their charge although the purchase went to another customer before', async () => {
  const token = newToken(world.ctx)
  await buy(world.ctx, demo, 'anna', 'credits_500', token)
  world.clock.advance(1)
  await buy(world.ctx, demo, 'ben', 'credits_500', token)
  await relay()
  const told = ((await api.events()).body.events as FeedItem[]).map(({ body }) => body.event)
  expect(told.map(({ type, app_user_id: user }) => [type, user])).toEqual([
    ['NON_RENEWING_PURCHASE', 'anna'],
    ['VIRTUAL_CURRENCY_TRANSACTION', 'anna'],
    ['TRANSFER', undefined],
  ])
  expect(told[1]).toMatchObject({ app_id: demo.app.appId, product_id: 'credits_500', store: 'TEST_STORE' })
  expect(told[2]).toMatchObject({ app_id: demo.app.appId, transferred_from: ['anna'], transferred_to: ['ben'] })
})

const KEPT = statement('test.kept', 'select count(*) as count from events')
const ENTRIES = statement('test.waiting', 'select count(*) as count from events where waits')

test.each([true, false])(
  'changes by an API wait for nobody, and are told to those who ask (grouped: %s)',
  async (isGrouped) => {
    const waiting = async () => (await world.database.query<{ count: number }>(ENTRIES, []))[0]?.count
    await buy(world.ctx, demo, 'anna', 'credits_500')
    await relay()
    const before = Number((await api.events()).body.next)
    expect(await adjust('anna', 7, isGrouped)).toMatchObject({ ok: true })
    expect(await waiting()).toBe(0)
    await setApiEvents(world.ctx, demo.projectId, true)
    expect(await adjust('anna', -9, isGrouped)).toMatchObject({ ok: true })
    expect(await waiting()).toBe(1)
    await relay()
    const { body } = await api.events(`?after=${before}`)
    expect(body.events.map((item: FeedItem) => item.body.event)).toMatchObject([
      { type: 'VIRTUAL_CURRENCY_TRANSACTION', source: 'admin_api', adjustments: [{ amount: -9 }] },
    ])
    expect(body.events[0].body.event).not.toHaveProperty('app_id')
  },
)

test('changes through the developer API are not even kept, unless the project asks for them', async () => {
  const kept = async () => (await world.database.query<{ count: number }>(KEPT, []))[0]?.count
  const change = (amount: number, isGrouped: boolean) =>
    changeBalances(isGrouped ? world.ctx : { ...world.ctx, groupedTransaction: alone }, {
      ...{ projectId: demo.projectId, userId: 'anna', amounts: new Map([['CRD', amount]]), includesEmpty: false },
      ...{ operation: 'transactions' as const, reference: null, idempotency: null, actor: 'key', requestId: 'req1' },
    })
  await buy(world.ctx, demo, 'anna', 'credits_500')
  const before = await kept()
  for (const isGrouped of [true, false]) expect(await change(-1, isGrouped)).toMatchObject({ ok: true })
  expect(await kept()).toBe(before)
  await setApiEvents(world.ctx, demo.projectId, true)
  for (const isGrouped of [true, false]) expect(await change(-2, isGrouped)).toMatchObject({ ok: true })
  await relay()
  const told = ((await api.events()).body.events as FeedItem[]).slice(-2).map(({ body }) => body.event)
  expect(told).toMatchObject(Array(2).fill({ source: 'admin_api', adjustments: [{ amount: -2 }] }))
})

test('the feed is read part by part, by type, and an answer without news says where to go on', async () => {
  for (const user of ['anna', 'ben', 'cleo']) await buy(world.ctx, demo, user, 'credits_500')
  await relay()
  const first = (await api.events('?limit=4')).body
  expect(first).toMatchObject({ next: '4', has_more: true })
  const rest = (await api.events(`?limit=4&after=${first.next}`)).body
  expect(rest).toMatchObject({ next: '6', has_more: false })
  expect(rest.events.map(({ position }: FeedItem) => position)).toEqual([5, 6])
  expect((await api.events('?after=6')).body).toEqual({ events: [], next: '6', has_more: false })
  const purchases = (await api.events('?type=NON_RENEWING_PURCHASE,RENEWAL')).body.events as FeedItem[]
  expect(purchases.map(({ body }) => body.event.type)).toEqual(Array(3).fill('NON_RENEWING_PURCHASE'))
  expect((await api.events('?after=4')).text).toBe((await api.events('?after=4')).text)
})

test.each([
  ['?limit=0', 'limit: must be a whole number from 1 to 200'],
  ['?limit=201', 'limit: must be a whole number from 1 to 200'],
  ['?after=-1', 'after: must be the next of an earlier answer'],
  ['?after=x', 'after: must be the next of an earlier answer'],
  ['?type=CUSTOMER_MERGED', 'type: must be one or several of INITIAL_PURCHASE, '],
  ['?type=RENEWAL,', 'type: must be one or several of INITIAL_PURCHASE, '],
])('what cannot be meant is refused: %s', async (query, problem) => {
  const { status, body } = await api.events(query)
  expect([status, body.detail.slice(0, problem.length)]).toEqual([422, problem])
})

test('who goes on from ahead of the feed, as after an older database was restored, is told so', async () => {
  expect(await api.events('?after=1')).toMatchObject({ status: 410, body: { detail: 'cursor_expired', next: '0' } })
  await buy(world.ctx, demo, 'anna', 'credits_500')
  await relay()
  expect((await api.events('?after=2')).body).toEqual({ events: [], next: '2', has_more: false })
  expect(await api.events('?after=3')).toMatchObject({ status: 410, body: { detail: 'cursor_expired', next: '0' } })
})

test('bodies are kept for 90 days; who goes on from before that is told so, and who begins gets what is left', async () => {
  await buy(world.ctx, demo, 'anna', 'credits_500')
  await relay()
  world.clock.advance(DAY_MS)
  await buy(world.ctx, demo, 'anna', 'credits_500')
  await relay()
  world.clock.advance(BODY_LIFE_MS - DAY_MS)
  expect(await forgetOldBodies(world.ctx)).toEqual({ done: 0, more: false })
  world.clock.advance(1)
  expect(await forgetOldBodies(world.ctx)).toEqual({ done: 2, more: false })
  expect(await forgetOldBodies(world.ctx)).toEqual({ done: 0, more: false })
  expect((await api.events()).body).toMatchObject({ events: [{ position: 3 }, { position: 4 }], next: '4' })
  expect((await api.events('?after=2')).body).toMatchObject({ events: [{ position: 3 }, { position: 4 }] })
  expect(await api.events('?after=1')).toMatchObject({ status: 410, body: { detail: 'cursor_expired', next: '2' } })
  world.clock.advance(DAY_MS)
  await forgetOldBodies(world.ctx)
  expect((await api.events()).body).toEqual({ events: [], next: '4', has_more: false })
})

/** As rows were written before there was a feed: without its columns. */
const OLD_EVENT = statement(
  'test.old_event',
  `insert into events (bucket, customer_id, event_id, project_id, revision, type, occurred_at, data)
   select bucket, customer_id, 'evntold', project_id, 1, 'UNCANCELLATION', now(), '{}' from customers`,
)

test('events of before the feed was there are not told of a sudden', async () => {
  await buy(world.ctx, demo, 'anna', 'credits_500')
  await world.database.query(OLD_EVENT, [])
  await relay()
  const told = (await api.events()).body.events as FeedItem[]
  expect(told.map(({ body }) => body.event.type)).toEqual(['NON_RENEWING_PURCHASE', 'VIRTUAL_CURRENCY_TRANSACTION'])
})
