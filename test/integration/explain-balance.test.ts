import { beforeEach, expect, test } from 'vitest'
import { ledgerReads } from '../../src/db/ledger.ts'
import { type Query, statement } from '../../src/db/statement.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'

const LIMITS = { lots: 5, movements: 5, holds: 5 }

const shop = newShopPerStory()
let api: AdminApi
beforeEach(async () => {
  api = await adminApi(shop.ctx, shop.demo.projectId)
})

const explain = async (user = 'anna') => (await api.get(`/users/${encodeURIComponent(user)}/explain`)).body
const adjust = (amount: number, reason = 'ZD-1') => api.post('/adjust', { user_id: 'anna', amount, reason })

test('a balance is explained by its purchases, operators, uses and holds, and the ledger agrees', async () => {
  const { purchase } = await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  shop.clock.advance(1_000)
  await adjust(70, 'ZD-7 outage')
  await adjust(-520, 'ZD-8 abuse')
  await api.post('/users/anna/holds', { amount: 20, reason: 'job 1' })
  const told = await explain()
  expect(told).toMatchObject({
    balance: 30,
    held: 20,
    owed: 0,
    agrees: true,
    chain: { outcome: 'sound', transactions: 4, fault: null },
    next_lapse: null,
    open_holds: [{ held: 20, reason: 'job 1' }],
    other_lots: { lots: 0, granted: 0, remaining: 0 },
  })
  expect(told.parts.toSorted(byAccount)).toEqual([
    { account: 'held', amount: -20 },
    { account: 'issued_by_operator', amount: -450 },
    { account: 'issued_by_purchase', amount: 500 },
  ])
  expect(told.lots).toMatchObject([
    { source: 'operator', remaining: 30, made_by: { reason: 'ZD-7 outage', actor: 'admin' }, product: null },
    {
      source: 'purchase',
      remaining: 0,
      product: 'credits_500',
      purchase_id: purchase.purchaseId,
      made_by: { kind: 'purchase_grant', store_transaction_id: purchase.storeTransactionId },
      movements: [{ kind: 'admin_adjust', reason: 'ZD-8 abuse', amount: 500 }],
    },
  ])
  expect(told.text[0]).toBe('anna can spend 30 CRD at 2026-01-31T10:00:01.000Z.')
})

function byAccount(one: { account: string }, other: { account: string }): number {
  return one.account < other.account ? -1 : 1
}

test('a lot with many movements tells the newest ten, and sums up the rest exactly', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  for (let amount = 1; amount <= 13; amount++) await adjust(-amount)
  const [lot] = (await explain()).lots
  expect(lot.movements.map(({ amount }: { amount: number }) => amount)).toEqual([13, 12, 11, 10, 9, 8, 7, 6, 5, 4])
  expect(lot.earlier).toEqual({ count: 3, amount: 6 })
})

test('of many lots the ones that hold something are told, and the others summed up', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  for (let index = 0; index < 55; index++) await adjust(2)
  const told = await explain()
  expect(told.lots).toHaveLength(50)
  const remaining = told.lots.reduce((sum: number, lot: { remaining: number }) => sum + lot.remaining, 0)
  expect(told.other_lots.lots).toBe(6)
  expect(remaining + told.other_lots.remaining).toBe(told.balance)
})

test('what came by a merge names the lot that it goes on from', async () => {
  await buy(shop.ctx, shop.demo, PHONE, 'credits_500')
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  const before = await explain(PHONE)
  await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
  const { lots, agrees } = await explain()
  expect(agrees).toBe(true)
  expect(lots.find(({ source }: { source: string }) => source === 'merge')).toMatchObject({
    origin_lot_id: before.lots[0].lot_id,
    made_by: { kind: 'merge_in' },
  })
})

test('a balance that somebody changed in the tables is told not to agree, and the first faulty row is named', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const set = (by: number) =>
    shop.database.query(statement('test.tamper', 'update wallet_balances set balance = balance + $1'), [by])
  await set(7)
  const told = await explain()
  await set(-7)
  expect(told.agrees).toBe(false)
  expect(told.chain).toMatchObject({ outcome: 'broken', fault: expect.stringMatching(/^balance CRD: it says 507/) })
  expect(told.text.join('\n')).toContain('507 is kept, and the ledger adds up to 500')
})

test('while somebody writes all the time, nothing is said about a moment that never was', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const ref = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
  if (ref === null) throw new Error('anna is there')
  const move = statement('test.move_head', 'update customers set ledger_sequence = ledger_sequence + $1')
  let moved = 0
  const query: Query = async (text, values) => {
    if (text.name === 'verify.customer') {
      await shop.database.query(move, [1])
      moved += 1
    }
    return shop.database.query(text, values)
  }
  const world = { now: shop.clock.now(), hash: shop.ctx.hash, limits: { ...LIMITS, verified: 100 } }
  const facts = await ledgerReads(query).balanceFacts(ref, 'CRD', world)
  await shop.database.query(move, [-moved])
  expect(moved).toBe(3)
  expect(facts.check).toEqual({ outcome: 'busy' })
})

test('a ledger that is too long for one answer is explained without the chain', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  await adjust(1)
  const ref = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
  if (ref === null) throw new Error('anna is there')
  const world = { now: shop.clock.now(), hash: shop.ctx.hash, limits: { ...LIMITS, verified: 1 } }
  const { check } = await shop.ctx.read.ledger.balanceFacts(ref, 'CRD', world)
  expect(check).toEqual({ outcome: 'too_long', transactions: 2 })
})

test('who is unknown, and a currency that is, is said so', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  expect((await api.get('/users/nobody/explain')).status).toBe(404)
  const unknown = await api.get('/users/anna/explain?currency=GEM')
  expect([unknown.status, unknown.body.detail]).toEqual([422, 'unknown_currency'])
  expect((await api.get('/users/anna/explain?currency=no-code')).status).toBe(422)
})
