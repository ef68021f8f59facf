import { expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { statement } from '../../src/db/statement.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { letGrantsLapse } from '../support/lapsing-grants.ts'
import { runDue } from '../support/run-due.ts'
import { newShopPerStory } from '../support/story.ts'
import { configureUsage, consumeAs, usedBy } from '../support/usage.ts'

const shop = newShopPerStory()
const PHONE = '$RCAnonymousID:00000000000000000000000000000001'

const configure = (parts: Record<string, unknown> = {}) => configureUsage(shop.ctx, shop.demo.projectId, parts)
const use = (userId: string, wish: Parameters<typeof consumeAs>[3], facts: Parameters<typeof consumeAs>[4] = {}) =>
  consumeAs(shop.ctx, shop.demo.projectId, userId, wish, facts)
const used = (userId: string) => usedBy(shop.ctx, shop.demo.projectId, userId)
const credits = (userId: string) => balanceOf(shop.ctx, shop.demo.projectId, userId)

const allowanceOf = (amount: number) => ({
  meters: [],
  actions: [{ id: 'ask', cost: { credits: 1 } }],
  tiers: [{ id: 'free', default: true, caps: { credits: amount } }],
})

async function give(userId: string, amount: number) {
  const order = {
    projectId: shop.demo.projectId,
    userId,
    currency: 'CRD',
    amount,
    reason: 'ZD-1',
    idempotencyKey: null,
  }
  expect(await adjustBalance(shop.ctx, { ...order, actor: 'support', requestId: 'req1' })).toMatchObject({ ok: true })
}

const rows = (name: string, text: string) =>
  shop.database.query<Record<string, unknown>>(statement(`test.usage_${name}`, text), [])

test('of 1,000 at once on an allowance of 200 and a wallet of 300, exactly 500 succeed and nothing is left', async () => {
  await configure(allowanceOf(200))
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  await give('anna', -200)
  const done = await Promise.all(Array.from({ length: 1_000 }, () => use('anna', 'ask')))
  const consumed = done.flatMap((outcome) => (outcome.ok ? [outcome.value.consumed] : []))
  expect(consumed).toHaveLength(500)
  expect(consumed.filter(({ creditsFromAllowance }) => creditsFromAllowance === 1)).toHaveLength(200)
  expect(new Set(consumed.map(({ remaining }) => remaining)).size).toBe(500)
  const refused = done.flatMap((outcome) => (outcome.ok ? [] : [outcome.refusal]))
  expect(new Set(refused.map((refusal) => JSON.stringify(refusal))).size).toBe(1)
  expect(refused[0]).toEqual({
    code: 'credits_insufficient',
    meter: 'credits',
    required: 1,
    remaining: 0,
    resetsAt: Date.parse('2026-02-01T00:00:00Z'),
    status: 402,
  })
  expect(await credits('anna')).toBe(0)
  expect(await used('anna')).toEqual({ key: '2026-01', tier: 'free', credits: 200 })
  expect(
    await rows(
      'spent',
      `select account, sum(amount)::bigint as total from wallet_postings p
      join wallet_transactions t using (bucket, customer_id, transaction_id) where t.kind = 'consume'
      group by account order by account`,
    ),
  ).toEqual([
    { account: 'spent', total: 300 },
    { account: 'wallet', total: -300 },
  ])
}, 60_000)

test('the first instant of the next month has the whole allowance again, and the last of this one has none', async () => {
  await configure(allowanceOf(2))
  expect(await use('anna', { credits: 2 })).toMatchObject({ ok: true })
  shop.clock.set(Date.parse('2026-01-31T23:59:59.999Z'))
  expect(await use('anna', 'ask')).toMatchObject({
    refusal: { remaining: 0, resetsAt: Date.parse('2026-02-01T00:00:00Z') },
  })
  expect(await used('anna')).toMatchObject({ key: '2026-01', credits: 2 })
  shop.clock.advance(1)
  expect(await used('anna')).toEqual({ key: '2026-02', tier: 'free' })
  expect(await use('anna', { credits: 2 })).toMatchObject({ value: { consumed: { remaining: 0 } } })
  expect(await use('anna', 'ask')).toMatchObject({ ok: false })
})

test('a refusal leaves no trace: no counter, no entry, no revision, no announcement, no user', async () => {
  await configure()
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const before = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
  const announced = shop.changes.length
  expect(await use('anna', { credits: 500, questions: 51 })).toMatchObject({ refusal: { meter: 'questions' } })
  expect(await use('anna', { credits: 521 })).toMatchObject({ refusal: { meter: 'credits', remaining: 520 } })
  expect(await use('nobody-yet', { credits: 21 })).toMatchObject({ refusal: { remaining: 20 } })
  expect(await use('nobody-yet', 'unheard-of')).toMatchObject({ refusal: { code: 'action_unknown' } })
  expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')).toEqual(before)
  expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'nobody-yet')).toBeNull()
  expect(shop.changes).toHaveLength(announced)
  expect(await rows('counters', 'select * from usage_counters')).toEqual([])
  expect(await credits('anna')).toBe(500)
})

test('a consumption raises the revision by one and is announced as such, naming the currency only when the wallet paid', async () => {
  await configure()
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const before = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
  const first = await use('anna', { credits: 19 })
  expect(shop.changes.at(-1)).toMatchObject({ kinds: ['usage'], cause: 'consumption', currency: null })
  const second = await use('anna', 'market_research')
  expect(shop.changes.at(-1)).toMatchObject({ kinds: ['usage'], cause: 'consumption', currency: 'CRD' })
  expect([first, second].map((outcome) => outcome.ok && outcome.value.revision)).toEqual([
    (before?.revision ?? 0) + 1,
    (before?.revision ?? 0) + 2,
  ])
  expect(second).toMatchObject({
    value: { consumed: { creditsFromAllowance: 1, creditsFromLedger: 2, remaining: 498 } },
  })
  expect(await rows('entries', "select reason, actor from wallet_transactions where kind = 'consume'")).toEqual([
    { reason: 'market_research', actor: 'key1' },
  ])
})

test('one key is done once, however many ask at the same time; used for something else it is refused', async () => {
  await configure()
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const key = { idempotencyKey: 'job-1' }
  const done = await Promise.all(Array.from({ length: 50 }, () => use('anna', { credits: 30, questions: 1 }, key)))
  const answers = done.map((outcome) => (outcome.ok ? JSON.stringify(outcome.value.consumed) : 'refused'))
  expect(new Set(answers).size).toBe(1)
  expect(done.filter((outcome) => outcome.ok && !outcome.value.replayed)).toHaveLength(1)
  expect(await use('anna', { questions: 1, credits: 30 }, key)).toMatchObject({ value: { replayed: true } })
  expect(await use('anna', { credits: 30 }, key)).toEqual({ ok: false, refusal: { code: 'idempotency_key_conflict' } })
  expect(await credits('anna')).toBe(490)
  expect(await used('anna')).toMatchObject({ credits: 20, questions: 1 })
})

test('a key belongs to one user and one kind of caller', async () => {
  await configure()
  const key = { idempotencyKey: 'job-1' }
  const outcomes = [
    await use('anna', 'chat_message', key),
    await use('ben', 'chat_message', key),
    await use('anna', 'market_research', { ...key, by: { kind: 'user' } }),
  ]
  expect(outcomes.map((outcome) => outcome.ok && !outcome.value.replayed)).toEqual([true, true, true])
  expect(await used('anna')).toMatchObject({ credits: 4 })
})

test('a subscription raises the tier while it is active, and what was used stays used', async () => {
  await configure()
  await use('anna', { credits: 20 })
  expect(await use('anna', 'chat_message')).toMatchObject({ refusal: { remaining: 0 } })
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  expect(await used('anna')).toEqual({ key: '2026-01', tier: 'pro', credits: 20 })
  expect(await use('anna', { credits: 380 })).toMatchObject({ value: { consumed: { creditsFromLedger: 0 } } })
  expect(await use('anna', 'chat_message')).toMatchObject({ value: { consumed: { creditsFromLedger: 1 } } })
  expect(await credits('anna')).toBe(499)
})

test('units that have lapsed pay for nothing', async () => {
  await letGrantsLapse(shop, shop.demo.projectId)
  await configure({ spend_order: ['ledger'], meters: [], actions: [], tiers: [{ id: 'all', default: true, caps: {} }] })
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  const purchase = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
  const [{ expiresAt = null } = {}] = purchase === null ? [] : await shop.ctx.read.purchases.ofCustomer(purchase)
  shop.clock.set((expiresAt ?? 0) - 1)
  expect(await use('anna', { credits: 500 }, { idempotencyKey: 'in time' })).toMatchObject({ ok: true })
  await give('anna', 10)
  await buy(shop.ctx, shop.demo, 'ben', 'pro_monthly')
  shop.clock.advance(400 * DAY_MS)
  expect(await use('anna', { credits: 10 })).toMatchObject({ ok: true })
  expect(await use('ben', { credits: 1 })).toMatchObject({ refusal: { remaining: 0 } })
})

test('two customers who become one have used what both used, and may be above the cap', async () => {
  await configure()
  await use(PHONE, { credits: 15, tts: 10 })
  await use('anna', { credits: 10, questions: 2 })
  await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
  expect(await used('anna')).toMatchObject({ credits: 25, tts: 10, questions: 2 })
  expect(await use('anna', 'chat_message')).toMatchObject({ refusal: { remaining: 0 } })
  expect(await rows('owners', 'select distinct customer_id from usage_counters')).toHaveLength(1)
})

test('periods long gone are forgotten with the first consumption of a new one', async () => {
  await configure()
  for (const month of ['2026-01-31', '2026-02-10', '2027-03-20']) {
    shop.clock.set(Date.parse(`${month}T10:00:00Z`))
    await use('anna', 'chat_message')
  }
  const keys = await rows(
    'periods',
    "select period_key from usage_counters where meter = 'credits' order by period_key",
  )
  expect(keys.map((row) => row.period_key)).toEqual(['2026-02', '2027-03'])
})

test('a billing cycle has its own counters: a renewal begins anew', async () => {
  await configure({ period: { kind: 'billing_cycle', timezone: 'UTC' } })
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  await use('anna', 'chat_message')
  expect(await used('anna')).toMatchObject({ key: 'cycle/2026-01-31T10:00:00.000Z', credits: 1 })
  shop.clock.set(Date.parse('2026-02-27T10:00:00Z'))
  expect(await used('anna')).toMatchObject({ tier: 'pro', credits: 1 })
  shop.clock.set(Date.parse('2026-02-28T10:00:00Z'))
  await runDue(shop.ctx)
  expect(await used('anna')).toEqual({ key: 'cycle/2026-02-28T10:00:00.000Z', tier: 'pro' })
})
