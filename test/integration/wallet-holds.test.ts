import { beforeEach, describe, expect, test } from 'vitest'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { expireDueHolds } from '../../src/usecases/wallet/expire-due-holds.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { letGrantsLapse } from '../support/lapsing-grants.ts'
import { newShopPerStory } from '../support/story.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const PERIOD_END = Date.parse('2026-02-28T10:00:00Z')

const shop = newShopPerStory()
let api: AdminApi
beforeEach(async () => {
  api = await adminApi(shop.ctx, shop.demo.projectId)
})

const credits = (user = 'anna') => balanceOf(shop.ctx, shop.demo.projectId, user)
const authorise = (amount: number, fields: Record<string, unknown> = {}, user = 'anna') =>
  api.post(`/users/${encodeURIComponent(user)}/holds`, { amount, reason: 'job 7', ...fields })
const act = (id: string, action: string, fields: Record<string, unknown> = {}) =>
  api.post(`/holds/${id}/${action}`, fields)

async function hold(amount: number, fields: Record<string, unknown> = {}, user = 'anna'): Promise<string> {
  const answer = await authorise(amount, fields, user)
  expect(answer.status).toBe(200)
  return answer.body.hold_id
}

describe('a hold', () => {
  beforeEach(() => buy(shop.ctx, shop.demo, 'anna', 'credits_500'))

  test('takes its units out of the balance at once, everywhere, and is answered in full', async () => {
    shop.changes.length = 0
    const answer = await authorise(300)
    expect(answer.body).toEqual({
      hold_id: expect.stringMatching(/^hold/),
      currency: 'CRD',
      status: 'open',
      authorised: 300,
      captured: 0,
      held: 300,
      reason: 'job 7',
      actor: 'admin',
      expires_at: '2026-01-31T10:15:00.000Z',
      created_at: '2026-01-31T10:00:00.000Z',
      closed_at: null,
      user_id: 'anna',
      balance: 200,
      transaction_id: expect.stringMatching(/^vatx/),
      idempotency_key: null,
      replayed: false,
    })
    expect(shop.changes).toMatchObject([{ kinds: ['usage'], cause: 'hold', currency: 'CRD' }])
    expect(await credits()).toBe(200)
    const tooMuch = await api.post('/adjust', { user_id: 'anna', amount: -201, reason: 'ZD-1' })
    expect(tooMuch.body).toEqual({ detail: 'insufficient_balance' })
    expect((await authorise(201)).body).toEqual({ detail: 'insufficient_balance' })
  })

  test('that is captured is spent; a part of it is, and the rest comes back', async () => {
    expect((await act(await hold(100), 'capture')).body).toMatchObject({ status: 'captured', captured: 100, held: 0 })
    const part = (await act(await hold(300), 'capture', { amount: 120 })).body
    expect(part).toMatchObject({ status: 'captured', captured: 120, balance: 280 })
    expect(await credits()).toBe(280)
  })

  test('can be kept open over several captures, and gives back what is left in the end', async () => {
    const id = await hold(300)
    expect((await act(id, 'capture', { amount: 100, keep_open: true })).body).toMatchObject({
      status: 'open',
      held: 200,
    })
    expect((await act(id, 'capture', { amount: 50, keep_open: true })).body).toMatchObject({ captured: 150, held: 150 })
    expect((await act(id, 'void')).body).toMatchObject({ status: 'voided', captured: 150, held: 0, balance: 350 })
  })

  test('captures more than it keeps as far as the balance goes, and not one unit further', async () => {
    const id = await hold(300)
    expect((await act(id, 'capture', { amount: 501 })).body).toEqual({ detail: 'insufficient_balance' })
    expect((await act(id, 'capture', { amount: 500 })).body).toMatchObject({
      status: 'captured',
      captured: 500,
      balance: 0,
    })
  })

  test('is extended from now on, up to its longest life', async () => {
    const id = await hold(300, { expires_in_seconds: 60 })
    shop.clock.advance(59_000)
    expect((await act(id, 'extend', { expires_in_seconds: 60 })).body.expires_at).toBe('2026-01-31T10:01:59.000Z')
    for (let week = 0; week < 4; week++) {
      expect((await act(id, 'extend', { expires_in_seconds: 604_800 })).status).toBe(200)
      shop.clock.advance(604_799_000)
    }
    expect((await act(id, 'extend', { expires_in_seconds: 604_800 })).body).toEqual({ detail: 'hold_too_long' })
  })

  test('expires by itself, gives its units back, and never comes back to life', async () => {
    const id = await hold(300, { expires_in_seconds: 60 })
    shop.clock.advance(60_000)
    for (const action of ['capture', 'void', 'extend']) {
      const fields = action === 'extend' ? { expires_in_seconds: 60 } : {}
      expect((await act(id, action, fields)).body).toEqual({ detail: 'hold_expired' })
    }
    expect(await credits()).toBe(200)
    const done = await Promise.all([expireDueHolds(shop.ctx), expireDueHolds(shop.ctx)])
    expect(done.map((item) => item.done).sort()).toEqual([0, 1])
    expect(await credits()).toBe(500)
    expect((await act(id, 'capture')).body).toEqual({ detail: 'hold_expired' })
    expect((await api.get('/users/anna/holds?status=all')).body.items).toMatchObject([
      { hold_id: id, status: 'expired' },
    ])
  })

  test('is closed once: of captures, releases and its end in parallel exactly one counts', async () => {
    const id = await hold(300, { expires_in_seconds: 60 })
    const answers = await Promise.all([act(id, 'capture'), act(id, 'void'), act(id, 'capture'), act(id, 'void')])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body).toEqual({ detail: 'hold_closed' })
    const won = answers.find(({ status }) => status === 200)
    expect(await credits()).toBe(won?.body.status === 'voided' ? 500 : 200)
  })

  test('under one key is set aside once, and captured once, with one answer', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => authorise(50, { idempotency_key: 'job-7' })))
    expect(new Set(made.map(({ body }) => body.hold_id)).size).toBe(1)
    expect(made.filter(({ body }) => !body.replayed)).toHaveLength(1)
    expect(await credits()).toBe(450)
    const id = made[0]?.body.hold_id
    const captured = await Promise.all(
      Array.from({ length: 8 }, () => act(id, 'capture', { amount: 20, idempotency_key: 'job-7' })),
    )
    expect(captured.map(({ status }) => status)).toEqual(Array(8).fill(200))
    expect(captured.filter(({ headers }) => headers['idempotency-replayed'] === 'true')).toHaveLength(7)
    expect(await credits()).toBe(480)
    expect((await act(id, 'capture', { amount: 21, idempotency_key: 'job-7' })).body).toEqual({
      detail: 'idempotency_key_conflict',
    })
  })

  test('is listed while it is open, and by wish for ever', async () => {
    const [first, second] = [await hold(10), await hold(20)]
    await act(first, 'void')
    const ids = async (query: string) =>
      (await api.get(`/users/anna/holds${query}`)).body.items.map((item: { hold_id: string }) => item.hold_id)
    expect(await ids('')).toEqual([second])
    expect(await ids('?status=all')).toEqual([second, first])
    expect((await api.get('/users/anna/holds?status=some')).body).toEqual({ detail: 'status: must be open or all' })
  })

  test('is one of at most a hundred', async () => {
    for (let made = 0; made < 100; made++) await hold(1)
    expect((await authorise(1)).body).toEqual({ detail: 'too_many_holds' })
  })

  test.each([
    [{ amount: 0 }, 'amount: must be a whole number from 1 to 100000'],
    [{ amount: undefined }, 'amount: is required'],
    [{ amount: 1.5 }, 'amount: must be a whole number from 1 to 100000'],
    [{ expires_in_seconds: 604_801 }, 'expires_in_seconds: must be a whole number from 1 to 604800'],
    [{ reason: undefined }, 'reason: is required'],
    [{ colour: 'red' }, '"colour": is not a known field'],
  ])('with %j is refused by field', async (fields, detail) => {
    expect((await authorise(1, fields)).body).toEqual({ detail })
  })

  test('that does not exist, or is of another project, is not found', async () => {
    const id = await hold(10)
    const elsewhere = await adminApi(shop.ctx, 'proj0')
    for (const answer of [
      await act('hold0', 'void'),
      await act('a%00b', 'void'),
      await elsewhere.post(`/holds/${id}/void`),
    ]) {
      expect([answer.status, answer.body]).toEqual([404, { detail: 'hold_not_found' }])
    }
    expect((await authorise(1, { currency: 'GLD' })).body).toEqual({ detail: 'unknown_currency' })
    expect((await authorise(1, {}, 'nobody')).body).toEqual({ detail: 'rc_customer_not_found' })
  })
})

test('units that lapse while they are held can be captured, and lapse when they are released', async () => {
  await letGrantsLapse(shop, shop.demo.projectId)
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const id = await hold(600, { expires_in_seconds: 604_800 })
  shop.clock.set(PERIOD_END - 86_400_000)
  const late = await hold(300, { expires_in_seconds: 604_800 })
  shop.clock.set(PERIOD_END)
  await expireDueHolds(shop.ctx)
  expect((await act(id, 'void')).body).toEqual({ detail: 'hold_expired' })
  expect((await act(late, 'capture', { amount: 100 })).body).toMatchObject({ captured: 100 })
  expect(await credits()).toBe(400)
})

describe('undoing a capture', () => {
  const reverse = (id: string) => api.post(`/transactions/${id}/reverse`, { reason: 'ZD-7 the job failed' })
  const byEnd = async (appUserId = 'anna') => {
    const text = `select coalesce(to_char(l.expires_at, 'MM-DD'), 'ever') as "end", sum(l.remaining)::bigint as units
      from wallet_lots l join customer_aliases a on a.customer_id = l.customer_id
      where a.app_user_id = $1 group by 1 order by 1`
    const rows = await shop.database.query<{ end: string; units: number }>({ name: 'test.by_end', text }, [appUserId])
    return Object.fromEntries(rows.map(({ end, units }) => [end, units]))
  }
  const capture = async (id: string, fields: Record<string, unknown>) =>
    (await act(id, 'capture', fields)).body.transaction_id as string

  beforeEach(async () => {
    await letGrantsLapse(shop, shop.demo.projectId)
    await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
    await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  })

  test('puts its units back into the lots that they came from, once, and leaves what was released alone', async () => {
    const used = await capture(await hold(700), { amount: 600 })
    expect(await byEnd()).toEqual({ '02-28': 0, ever: 400 })
    const undone = await reverse(used)
    expect(undone.body).toMatchObject({ changes: [{ currency: 'CRD', amount: 600, balance: 1_000 }] })
    expect(await byEnd()).toEqual({ '02-28': 500, ever: 500 })
    expect((await reverse(used)).body).toEqual({ detail: 'already_reversed' })
  })

  test('finds the units of the right piece when a hold is captured in several', async () => {
    const id = await hold(700)
    const first = await capture(id, { amount: 450, keep_open: true })
    const second = await capture(id, { amount: 150, keep_open: true })
    await reverse(second)
    expect(await byEnd()).toEqual({ '02-28': 50, ever: 400 })
    await reverse(first)
    expect(await byEnd()).toEqual({ '02-28': 500, ever: 400 })
    expect((await act(id, 'void')).body).toMatchObject({ captured: 600, balance: 1_000 })
    expect(await byEnd()).toEqual({ '02-28': 500, ever: 500 })
  })

  test('gives back what was taken beyond the hold too, also out of a lot that both came from', async () => {
    const used = await capture(await hold(300), { amount: 800 })
    expect(await byEnd()).toEqual({ '02-28': 0, ever: 200 })
    expect((await reverse(used)).body).toMatchObject({ changes: [{ amount: 800, balance: 1_000 }] })
    expect(await byEnd()).toEqual({ '02-28': 500, ever: 500 })
  })

  test('makes nothing permanent: what came from a lot that is over by now lapses', async () => {
    const used = await capture(await hold(700), { amount: 600 })
    shop.clock.set(PERIOD_END)
    expect((await reverse(used)).body).toMatchObject({ changes: [{ amount: 100, balance: 500 }] })
  })

  test('after a merge gives the units to the one who goes on, with their end', async () => {
    await buy(shop.ctx, shop.demo, PHONE, 'pro_monthly')
    const used = (await act(await hold(200, {}, PHONE), 'capture', { amount: 150 })).body.transaction_id
    await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
    expect(await byEnd()).toEqual({ '02-28': 850, ever: 500 })
    expect((await reverse(used)).body).toMatchObject({ changes: [{ amount: 150, balance: 1_500 }] })
    expect(await byEnd()).toEqual({ '02-28': 1_000, ever: 500 })
  })

  test('is not for what a hold set aside or released', async () => {
    const id = await hold(300)
    const released = (await act(id, 'void')).body.transaction_id
    expect((await reverse(released)).body.detail).toMatch(/^not_reversible/)
  })
})

test('a merge takes holds along; they are captured and released by the one who goes on', async () => {
  await buy(shop.ctx, shop.demo, PHONE, 'credits_500')
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const [one, other] = [await hold(200, {}, PHONE), await hold(500, {}, 'anna')]
  await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
  expect(await credits()).toBe(300)
  expect((await api.get('/users/anna/holds')).body.items).toHaveLength(2)
  expect((await act(one, 'capture', { amount: 50 })).body).toMatchObject({ user_id: expect.any(String), balance: 450 })
  expect((await act(other, 'void')).body).toMatchObject({ balance: 950 })
})
