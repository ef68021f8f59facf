import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { auditDatabase } from '../support/audit.ts'
import { balanceOf, buy, createDemo, type Demo } from '../support/demo.ts'
import { eventsOf } from '../support/history.ts'
import { letGrantsLapse } from '../support/lapsing-grants.ts'
import { openWorld, type World } from '../support/world.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const PERIOD_END = Date.parse('2026-02-28T10:00:00Z')
const WHY = { reason: 'ZD-7 wrong amount' }

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

const credits = (user: string) => balanceOf(world.ctx, demo.projectId, user)

async function adjust(userId: string, amount: number): Promise<string> {
  const answer = await api.post('/adjust', { user_id: userId, amount, reason: 'ZD-1 goodwill' })
  expect(answer.status).toBe(200)
  return answer.body.transaction_id
}

function reverse(id: string, body: Record<string, unknown> = {}) {
  return api.post(`/transactions/${id}/reverse`, { ...WHY, ...body })
}

async function grantOf(user: string): Promise<string> {
  const events = await eventsOf(world, demo.projectId, user)
  const grant = events.find(({ data }) => data.source === 'in_app_purchase')
  return String(grant?.data.transactionId)
}

describe('undoing a deduction', () => {
  test('gives the units back into their lots, is told, and is answered in full', async () => {
    await letGrantsLapse(world, demo.projectId)
    await buy(world.ctx, demo, 'anna', 'pro_monthly')
    await buy(world.ctx, demo, 'anna', 'credits_500')
    const spent = await adjust('anna', -600)
    world.changes.length = 0
    const answer = await reverse(spent)
    expect(answer.body).toEqual({
      transaction_id: expect.stringMatching(/^vatx/),
      reverses_transaction_id: spent,
      user_id: 'anna',
      reason: 'ZD-7 wrong amount',
      changes: [{ currency: 'CRD', amount: 600, balance: 1_000 }],
      idempotency_key: null,
      replayed: false,
      created_at: '2026-01-31T10:00:00.000Z',
    })
    expect(world.changes).toMatchObject([{ kinds: ['usage'], cause: 'reversal', currency: 'CRD' }])
    world.clock.set(PERIOD_END)
    expect(await credits('anna')).toBe(500)
  })

  test('after the lot is over makes nothing permanent', async () => {
    await letGrantsLapse(world, demo.projectId)
    await buy(world.ctx, demo, 'anna', 'pro_monthly')
    await buy(world.ctx, demo, 'anna', 'credits_500')
    const spent = await adjust('anna', -600)
    world.clock.set(PERIOD_END)
    expect((await reverse(spent)).body.changes).toEqual([{ currency: 'CRD', amount: 100, balance: 500 }])
  })

  test('of a customer who was merged away gives the units to the one who goes on, with their end', async () => {
    await letGrantsLapse(world, demo.projectId)
    await buy(world.ctx, demo, PHONE, 'pro_monthly')
    const spent = await adjust(PHONE, -200)
    await buy(world.ctx, demo, 'anna', 'credits_500')
    await identifyCustomer(world.ctx, { projectId: demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
    expect(await credits('anna')).toBe(800)
    expect((await reverse(spent)).body.changes).toEqual([{ currency: 'CRD', amount: 200, balance: 1_000 }])
    world.clock.set(PERIOD_END)
    expect(await credits('anna')).toBe(500)
  })
})

describe('undoing a grant', () => {
  test('takes it back, from its own lot even after a merge', async () => {
    await buy(world.ctx, demo, PHONE, 'credits_500')
    const given = await adjust(PHONE, 70)
    await buy(world.ctx, demo, 'anna', 'credits_500')
    await identifyCustomer(world.ctx, { projectId: demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
    expect((await reverse(given)).body.changes).toEqual([{ currency: 'CRD', amount: -70, balance: 1_000 }])
    const rows = await world.database.query<{ left: number }>(
      {
        name: 'test.lot_of_grant',
        text: `select sum(remaining)::bigint as left from wallet_lots where source = 'merge'`,
      },
      [],
    )
    expect(rows).toEqual([{ left: 500 }])
  })

  test('that was spent is refused, or does what the operator chose about the shortage', async () => {
    await buy(world.ctx, demo, 'anna', 'credits_500')
    const grant = await grantOf('anna')
    await adjust('anna', -400)
    const refused = await reverse(grant)
    expect([refused.status, refused.body]).toEqual([422, { detail: 'insufficient_balance' }])
    expect(await credits('anna')).toBe(100)
    expect((await reverse(grant, { shortage: 'debt' })).body.changes).toEqual([
      { currency: 'CRD', amount: -100, balance: 0 },
    ])
    await adjust('anna', 450)
    expect(await credits('anna')).toBe(50)
  })

  test('with clamp takes what is left, and refuses to write down nothing', async () => {
    await buy(world.ctx, demo, 'anna', 'credits_500')
    const [first, second] = [await grantOf('anna'), await adjust('anna', 10)]
    await adjust('anna', -450)
    expect((await reverse(first, { shortage: 'clamp' })).body.changes).toMatchObject([{ amount: -60, balance: 0 }])
    expect((await reverse(second, { shortage: 'clamp' })).body).toEqual({ detail: 'insufficient_balance' })
  })
})

describe('a reversal', () => {
  test('happens once, however many ask at the same time', async () => {
    await buy(world.ctx, demo, 'anna', 'credits_500')
    const spent = await adjust('anna', -100)
    const answers = await Promise.all(Array.from({ length: 12 }, () => reverse(spent)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(409)])
    expect(answers.find(({ status }) => status === 409)?.body).toEqual({ detail: 'already_reversed' })
    expect(await credits('anna')).toBe(500)
  })

  test('with a key gets the first answer again, in parallel and later, and is a conflict with other input', async () => {
    await buy(world.ctx, demo, 'anna', 'credits_500')
    const spent = await adjust('anna', -100)
    const key = { idempotency_key: 'zd-7-1' }
    const answers = await Promise.all(Array.from({ length: 12 }, () => reverse(spent, key)))
    expect(answers.map(({ status }) => status)).toEqual(Array(12).fill(200))
    const done = answers.filter(({ headers }) => headers['idempotency-replayed'] === undefined)
    expect(done).toHaveLength(1)
    await adjust('anna', -500)
    const replay = await api.post(`/transactions/${spent}/reverse`, WHY, { 'idempotency-key': 'zd-7-1' })
    expect(replay.headers['idempotency-replayed']).toBe('true')
    expect(replay.body).toEqual({ ...done[0]?.body, replayed: true })
    expect((await reverse(spent, { ...key, reason: 'another' })).body).toEqual({ detail: 'idempotency_key_conflict' })
    expect((await reverse('vatx0', key)).body).toEqual({ detail: 'idempotency_key_conflict' })
  })

  test.each(['vatx0', 'no-such-id', 'a%00b', '%E2%82%AC', 'x'.repeat(90)])('of %s finds nothing', async (id) => {
    const answer = await reverse(id)
    expect([answer.status, answer.body]).toEqual([404, { detail: 'transaction_not_found' }])
  })

  test('is not for transactions that follow from rules, nor for reversals', async () => {
    await buy(world.ctx, demo, 'anna', 'credits_500')
    const undone = (await reverse(await adjust('anna', -100))).body.transaction_id
    const answer = await reverse(undone)
    expect([answer.status, answer.body]).toEqual([422, { detail: 'not_reversible' }])
  })

  test.each([
    [{ reason: 'ab' }, 'reason: must have 3 to 500 characters'],
    [{ shortage: 'forgive' }, 'shortage: must be one of block, clamp, debt'],
    [{ idempotency_key: '' }, 'idempotency_key: must be a text of 1 to 200 characters'],
    [{ amount: 5 }, '"amount": is not a known field'],
  ])('with %j is refused by field', async (fields, detail) => {
    const answer = await reverse('vatx0', fields)
    expect([answer.status, answer.body]).toEqual([422, { detail }])
  })

  test('of another project is not found', async () => {
    await buy(world.ctx, demo, 'anna', 'credits_500')
    const spent = await adjust('anna', -100)
    const elsewhere = await adminApi(world.ctx, 'proj0')
    expect((await elsewhere.post(`/transactions/${spent}/reverse`, WHY)).status).toBe(404)
  })
})
