import { expect, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { setAttributes } from '../../src/usecases/customers/set-attributes.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { accessOf, eventsOf } from '../support/history.ts'
import { runDue } from '../support/run-due.ts'
import { newShopPerStory } from '../support/story.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const shop = newShopPerStory()

const find = (appUserId: string) => shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, appUserId)
const credits = (appUserId: string) => balanceOf(shop.ctx, shop.demo.projectId, appUserId)

async function logIn() {
  const input = { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' }
  const done = await identifyCustomer(shop.ctx, input)
  if (!done.ok) throw new Error('a log-in has no refusals')
  return done.value.customer
}

function adjust(userId: string, amount: number, idempotencyKey: string | null = null) {
  const order = { projectId: shop.demo.projectId, userId, currency: 'CRD', amount, reason: 'ZD-1', idempotencyKey }
  return adjustBalance(shop.ctx, { ...order, actor: 'support', requestId: 'req1' })
}

function setFact(appUserId: string, key: string, value: string, updatedAt: number) {
  return setAttributes(shop.ctx, {
    projectId: shop.demo.projectId,
    appUserId,
    attributes: [{ key, value, updatedAt }],
  })
}

test('credits of both add up to the unit, and the ledger shows what left one and arrived at the other', async () => {
  await buy(shop.ctx, shop.demo, PHONE, 'credits_500')
  await adjust(PHONE, -120)
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  await adjust('anna', 7)
  const absorbed = await find(PHONE)
  const kept = await logIn()
  expect(await credits('anna')).toBe(380 + 507)
  expect(await credits(PHONE)).toBe(380 + 507)

  const rows = await shop.database.query<{ customer_id: string; account: string; total: number }>(
    statement(
      'test.postings',
      'select customer_id, account, sum(amount)::bigint as total from wallet_postings group by 1, 2',
    ),
    [],
  )
  const total = (customerId: string | undefined, account: string) =>
    rows.find((row) => row.customer_id === customerId && row.account === account)?.total ?? 0
  expect(total(absorbed?.customerId, 'wallet')).toBe(0)
  expect(total(absorbed?.customerId, 'merged')).toBe(380)
  expect(total(kept.customerId, 'merged')).toBe(-380)
  expect(rows.reduce((sum, row) => sum + row.total, 0)).toBe(0)
})

test('purchases of both give access, and the absorbed one renews for the customer that is left', async () => {
  await buy(shop.ctx, shop.demo, PHONE, 'pro_monthly')
  await buy(shop.ctx, shop.demo, 'anna', 'pro_annual')
  const kept = await logIn()
  const purchases = await shop.ctx.read.purchases.ofCustomer(kept)
  expect(purchases).toHaveLength(2)
  expect(await accessOf(shop, shop.demo.projectId, PHONE)).toEqual({ pro: '2027-01-31T10:00:00.000Z' })
  shop.clock.set(Date.parse('2026-02-28T10:00:00Z'))
  await runDue(shop.ctx)
  expect(await credits('anna')).toBe(1_000)
})

test('the earlier first contact, the first name and the newer attributes count', async () => {
  const start = shop.clock.now()
  await setFact(PHONE, 'cat', 'older', start - 50)
  await setFact(PHONE, 'dog', 'newer', start - 10)
  shop.clock.advance(5_000)
  await setFact('anna', 'cat', 'newer', start - 10)
  await setFact('anna', 'dog', 'older', start - 50)
  const kept = await logIn()
  expect(kept).toMatchObject({ firstSeenAt: start, originalAppUserId: PHONE, lastSeenAt: start + 5_000 })
  const attributes = await shop.ctx.read.customers.attributes(kept)
  expect(attributes.get('cat')?.value).toBe('newer')
  expect(attributes.get('dog')?.value).toBe('newer')
})

test('an app of either side never sees its revision fall, so it cannot take an old state for the newest', async () => {
  for (let count = 0; count < 5; count++) await buy(shop.ctx, shop.demo, PHONE, 'credits_500')
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const before = [await find(PHONE), await find('anna')].map((customer) => customer?.revision ?? 0)
  const kept = await logIn()
  expect(kept.revision).toBeGreaterThan(Math.max(...before))
  const change = shop.changes.at(-1)
  expect(change).toMatchObject({
    customerId: kept.customerId,
    revision: kept.revision,
    cause: 'merge',
    currency: 'CRD',
  })
})

test('the merge is told to the outbox once, with the names that came', async () => {
  await buy(shop.ctx, shop.demo, PHONE, 'credits_500')
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const absorbed = await find(PHONE)
  await logIn()
  const told = (await eventsOf(shop, shop.demo.projectId, 'anna')).filter((event) => event.type === 'CUSTOMER_MERGED')
  expect(told.map((event) => event.data)).toEqual([{ absorbedCustomerId: absorbed?.customerId, appUserIds: [PHONE] }])
})

test('an adjustment that was made before the merge is answered under its key as before, and not made again', async () => {
  await buy(shop.ctx, shop.demo, PHONE, 'credits_500')
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const made = await adjust(PHONE, -100, 'zd-1')
  await logIn()
  const replay = await adjust(PHONE, -100, 'zd-1')
  expect(replay).toMatchObject({ ok: true, value: { replayed: true } })
  expect(replay.ok && made.ok && replay.value.adjusted).toEqual(made.ok && made.value.adjusted)
  expect(await credits('anna')).toBe(900)
})

test('two full wallets make one full wallet, and what is beyond the cap is booked where it can be seen', async () => {
  for (const user of [PHONE, 'anna']) {
    await buy(shop.ctx, shop.demo, user, 'credits_500')
    expect(await adjust(user, 1_499_999_500)).toMatchObject({ ok: true })
  }
  await logIn()
  expect(await credits('anna')).toBe(2_000_000_000)
  const [row] = await shop.database.query<{ total: number }>(
    statement('test.over_cap', "select sum(amount)::bigint as total from wallet_postings where account = 'over_cap'"),
    [],
  )
  expect(row?.total).toBe(1_000_000_000)
})
