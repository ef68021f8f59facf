import { beforeEach, expect, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { lapseDueLots } from '../../src/usecases/wallet/lapse-due-lots.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { buy } from '../support/demo.ts'
import { letGrantsLapse } from '../support/lapsing-grants.ts'
import { letStoreSay, refundAt } from '../support/refund.ts'
import { newShopPerStory } from '../support/story.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'

const shop = newShopPerStory()
let api: AdminApi
beforeEach(async () => {
  api = await adminApi(shop.ctx, shop.demo.projectId)
})

const LIVE_LOTS = statement(
  'test.live_lots',
  `select lot_id, remaining from wallet_lots where bucket = $1 and customer_id = $2 and remaining > 0 order by lot_id`,
)
const LIVE_OWED = statement(
  'test.live_owed',
  `select coalesce(sum(owed), 0)::bigint as owed from wallet_balances where bucket = $1 and customer_id = $2`,
)
const LIVE_HELD = statement(
  'test.live_held',
  `select coalesce(sum(authorised - captured), 0)::bigint as held, count(*) as holds from wallet_holds
   where bucket = $1 and customer_id = $2 and status = 'open'`,
)

type Seen = { balance: number; owed: number; held: number; lots: Record<string, number>; holds: number }
const NOTHING: Seen = { balance: 0, owed: 0, held: 0, lots: {}, holds: 0 }

/** What the projections say now. */
async function live(appUserId: string): Promise<Seen> {
  const ref = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, appUserId)
  if (ref === null) return NOTHING
  const key = [ref.bucket, ref.customerId]
  const lots = await shop.database.query<{ lot_id: string; remaining: number }>(LIVE_LOTS, key)
  const [owed] = await shop.database.query<{ owed: number }>(LIVE_OWED, key)
  const [held] = await shop.database.query<{ held: number; holds: number }>(LIVE_HELD, key)
  return {
    balance: (await shop.ctx.read.wallet.balances(ref)).get('CRD') ?? 0,
    owed: owed?.owed ?? 0,
    held: held?.held ?? 0,
    holds: held?.holds ?? 0,
    lots: Object.fromEntries(lots.map((row) => [row.lot_id, row.remaining])),
  }
}

type LotWire = { lot_id: string; remaining: number }

/** What the statement of a moment says. */
async function stated(appUserId: string, at: number): Promise<Seen> {
  const path = `/users/${encodeURIComponent(appUserId)}/statement?at=${new Date(at).toISOString()}&currency=CRD`
  const { status, body } = await api.get(path)
  expect(status).toBe(200)
  const [crd] = body.currencies
  if (crd === undefined) return NOTHING
  expect(crd.adds_up).toBe(true)
  const lots = crd.lots.map((lot: LotWire) => [lot.lot_id, lot.remaining]).sort()
  const { balance, owed, held } = crd
  return { balance, owed, held, lots: Object.fromEntries(lots), holds: body.open_holds.length }
}

/** Everything that can happen to a wallet, a second apart; `look` is called after each. */
async function liveOneLife(look: () => Promise<void>): Promise<void> {
  const { ctx, demo, clock } = shop
  const { projectId } = demo
  const next = async (what: () => Promise<unknown>) => {
    clock.advance(1_000)
    await what()
    await look()
  }
  const post = (path: string, body: object) => async () => {
    const answer = await api.post(path, body)
    expect([answer.status, answer.body]).toEqual([200, expect.anything()])
    return answer.body
  }
  const adjust = (amount: number) => post('/adjust', { user_id: 'anna', amount, reason: 'ZD-1' })
  await look()
  await next(() => buy(ctx, demo, 'anna', 'credits_500'))
  let purchaseId = ''
  await next(async () => {
    purchaseId = (await buy(ctx, demo, 'anna', 'pro_monthly')).purchase.purchaseId
  })
  await next(adjust(70))
  await next(adjust(-620))
  let spent = ''
  await next(async () => {
    spent = (await adjust(-40)()).transaction_id
  })
  let hold = ''
  await next(async () => {
    hold = (await post('/users/anna/holds', { amount: 60, reason: 'job 1' })()).hold_id
  })
  await next(post(`/holds/${hold}/capture`, { amount: 25, keep_open: true }))
  await next(post(`/transactions/${spent}/reverse`, { reason: 'ZD-2' }))
  await next(post(`/holds/${hold}/void`, {}))
  await next(() => letStoreSay(ctx, { projectId, appUserId: 'anna', purchaseId }, { refund: refundAt(clock.now()) }))
  await next(() => buy(ctx, demo, 'anna', 'pro_monthly'))
  // The period ends, and nothing books what lapsed with it until somebody looks after it.
  await next(async () => clock.advance(40 * 86_400_000))
  await next(async () => clock.advance(60_000))
  await next(() => lapseDueLots(ctx))
  await next(adjust(5))
}

test('the statement of every past moment is what the projections said then, and later entries do not change it', async () => {
  await letGrantsLapse(shop, shop.demo.projectId)
  const seen: Array<[at: number, seen: Seen]> = []
  await liveOneLife(async () => {
    seen.push([shop.clock.now(), await live('anna')])
  })
  expect(seen.length).toBeGreaterThan(12)
  for (const [index, [at, then]] of seen.entries()) {
    expect(await stated('anna', at), `moment ${index}`).toEqual({ ...then, lots: sorted(then.lots) })
  }
  // Something of everything was there to be told.
  for (const what of ['balance', 'held'] as const) expect(seen.some(([, then]) => then[what] > 0)).toBe(true)
  const overdue = seen.find(([, { balance, lots }]) => balance < Object.values(lots).reduce((a, b) => a + b, 0))
  expect(overdue, 'a moment between a lapse and its booking').toBeDefined()
})

function sorted(lots: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(lots).sort())
}

test('a moment before a merge: the own ledger, and beside it what the other had then; after it only the own', async () => {
  const { ctx, demo, clock } = shop
  await buy(ctx, demo, PHONE, 'credits_500')
  clock.advance(1_000)
  await api.post('/adjust', { user_id: PHONE, amount: -100, reason: 'ZD-1' })
  await api.post(`/users/${encodeURIComponent(PHONE)}/holds`, { amount: 30, reason: 'job 1' })
  await buy(ctx, demo, 'anna', 'pro_monthly')
  const before = clock.now()
  clock.advance(1_000)
  await identifyCustomer(ctx, { projectId: demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
  const then = (await api.get(`/users/anna/statement?at=${new Date(before).toISOString()}`)).body
  expect(then.currencies).toMatchObject([{ balance: 500, held: 0 }])
  expect(then.merged_later).toMatchObject([{ user_id: PHONE, currencies: [{ balance: 370, held: 30 }] }])
  expect(then.open_holds).toMatchObject([{ authorised: 30 }])
  const now = (await api.get('/users/anna/statement')).body
  expect(now.currencies).toMatchObject([{ balance: 870, held: 30 }])
  expect(now.merged_later).toEqual([])
})

test('where clocks disagree the chain says what was before: no statement of a state that the wallet never was in', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const start = shop.clock.now()
  const adjustAt = async (at: number, amount: number) => {
    shop.clock.set(start + at)
    await api.post('/adjust', { user_id: 'anna', amount, reason: 'ZD-1' })
  }
  await adjustAt(9_000, -500)
  await adjustAt(10_000, 100)
  // By the clock of this server, the next two come before the units that they spend.
  await adjustAt(5_000, -60)
  await adjustAt(6_000, -30)
  await adjustAt(12_000, 1)
  shop.clock.set(start + 20_000)
  const balanceAt = async (at: number) => (await stated('anna', start + at)).balance
  expect(await balanceAt(4_999)).toBe(500)
  expect(await balanceAt(5_000)).toBe(40)
  expect(await balanceAt(6_000)).toBe(10)
  expect(await balanceAt(11_999)).toBe(10)
  expect(await balanceAt(12_000)).toBe(11)
})

test('before everything there was nothing, and of the future nothing is said', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const early = await api.get('/users/anna/statement?at=2020-01-01T00:00:00Z')
  expect(early.body).toMatchObject({ currencies: [], merged_later: [], open_holds: [] })
  const late = await api.get('/users/anna/statement?at=2099-01-01T00:00:00Z')
  expect([late.status, late.body]).toEqual([422, { detail: 'at: must not be in the future' }])
  expect((await api.get('/users/anna/statement?at=yesterday&currency=no-code')).body).toEqual({
    detail:
      'at: must be a time such as 2026-05-04T10:00:00Z; currency: must be a code of 1 to 10 letters, digits or underscores',
  })
  expect((await api.get('/users/nobody/statement')).status).toBe(404)
  expect((await api.post('/users/anna/statement')).status).toBe(405)
})

test('a wallet of very many lots is summed up: what is not listed is counted', async () => {
  await api.post('/adjust', { user_id: 'anna', amount: 1, reason: 'ZD-1' })
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  for (let index = 0; index < 20; index++) {
    await api.post('/adjust', { user_id: 'anna', amount: 3, reason: `ZD-${index}` })
  }
  const ref = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
  if (ref === null) throw new Error('anna is there')
  const until = await shop.ctx.read.ledger.until(ref, shop.clock.now(), 5)
  expect(until.lots).toHaveLength(5)
  expect(until.sums).toEqual([{ currency: 'CRD', lots: 21, remaining: 560, lapsed: 0 }])
})
