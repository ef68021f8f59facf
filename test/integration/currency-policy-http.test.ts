import { beforeEach, describe, expect, test } from 'vitest'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'
import { configureUsage, consumeAs } from '../support/usage.ts'

const shop = newShopPerStory()
let api: AdminApi
beforeEach(async () => {
  api = await adminApi(shop.ctx, shop.demo.projectId)
})

const CRD = '/currencies/CRD'
const transfer = (fields: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  api.post(
    '/transfers',
    { from_user_id: 'anna', to_user_id: 'ben', amount: 120, reason: 'ZD-8 a present', ...fields },
    headers,
  )
const credits = (user: string) => balanceOf(shop.ctx, shop.demo.projectId, user)

describe('the policy of a currency', () => {
  test('is closed and kind until somebody decides otherwise, and each part can be changed alone', async () => {
    const first = { code: 'CRD', name: 'Credits', is_archived: false, debt_policy: 'clamp', transfers_allowed: false }
    expect((await api.get(CRD)).body).toEqual({ ...first, floor: 0 })
    const changed = { ...first, debt_policy: 'debt', floor: 0 }
    expect((await api.patch(CRD, { debt_policy: 'debt' })).body).toEqual(changed)
    expect((await api.patch(CRD, { transfers_allowed: true, floor: 100 })).body).toEqual({
      ...changed,
      transfers_allowed: true,
      floor: 100,
    })
    expect((await api.patch(CRD, {})).body).toEqual((await api.get(CRD)).body)
  })

  test.each([
    [{ floor: -1 }, 'floor: must be a whole number from 0 to 2000000000'],
    [{ floor: 2_000_000_001 }, 'floor: must be a whole number from 0 to 2000000000'],
    [{ debt_policy: 'forgive' }, 'debt_policy: must be one of block, clamp, debt'],
    [{ transfers_allowed: 1 }, 'transfers_allowed: must be true or false'],
    [{ name: 'Gold' }, '"name": is not a known field'],
    [[], 'body: must be a JSON object'],
  ])('cannot be %j', async (body, detail) => {
    const answer = await api.patch(CRD, body)
    expect([answer.status, answer.body]).toEqual([422, { detail }])
  })

  test('of a currency that is not there is not made', async () => {
    expect((await api.patch('/currencies/GLD', { floor: 1 })).body).toEqual({ detail: 'unknown_currency' })
    expect((await api.get('/currencies/GLD')).body).toEqual({ detail: 'unknown_currency' })
  })

  test('with a floor holds for every way of spending', async () => {
    await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
    await configureUsage(shop.ctx, shop.demo.projectId, { spend_order: ['ledger'], tiers: ledgerTiers() })
    await api.patch(CRD, { floor: 100 })
    const refused = [
      await api.post('/adjust', { user_id: 'anna', amount: -401, reason: 'ZD-1' }),
      await api.post('/users/anna/holds', { amount: 401, reason: 'job 1' }),
    ]
    for (const { status, body } of refused) expect([status, body.detail]).toEqual([422, 'insufficient_balance'])
    expect(await consumeAs(shop.ctx, shop.demo.projectId, 'anna', { credits: 401 })).toMatchObject({
      refusal: { code: 'credits_insufficient', remaining: 400 },
    })
    const hold = (await api.post('/users/anna/holds', { amount: 50, reason: 'job 1' })).body.hold_id
    expect((await api.post(`/holds/${hold}/capture`, { amount: 401 })).body).toEqual({ detail: 'insufficient_balance' })
    expect((await api.post(`/holds/${hold}/capture`, { amount: 400 })).body).toMatchObject({ balance: 100 })
  })
})

/** Tiers of the documented configuration without an allowance of credits. */
function ledgerTiers() {
  return [{ id: 'free', default: true, products: [], caps: { questions: 50, tts: 300 } }]
}

describe('a transfer', () => {
  beforeEach(async () => {
    await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
    await buy(shop.ctx, shop.demo, 'ben', 'pro_annual')
    await api.patch(CRD, { transfers_allowed: true })
  })

  test('is answered with both sides, and both can be looked up', async () => {
    const answer = await transfer({ idempotency_key: 'zd-8-1' })
    expect(answer.body).toEqual({
      transfer_id: expect.stringMatching(/^xfer/),
      currency: 'CRD',
      amount: 120,
      reason: 'ZD-8 a present',
      from: { user_id: 'anna', balance: 380, transaction_id: expect.stringMatching(/^vatx/) },
      to: { user_id: 'ben', balance: 120, transaction_id: expect.stringMatching(/^vatx/) },
      idempotency_key: 'zd-8-1',
      replayed: false,
      created_at: '2026-01-31T10:00:00.000Z',
    })
    const { body } = await api.get(`/transactions/${answer.body.to.transaction_id}`)
    expect(body).toMatchObject({ kind: 'transfer_in', operation_id: answer.body.transfer_id })
    expect(body.postings).toEqual([
      { account: 'transferred', currency: 'CRD', amount: -120 },
      { account: 'wallet', currency: 'CRD', amount: 120 },
    ])
    const again = await transfer({}, { 'idempotency-key': 'zd-8-1' })
    expect(again.body).toEqual({ ...answer.body, replayed: true })
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect((await api.get('/users/ben/transactions?kind=transfer_in')).body.items).toHaveLength(1)
  })

  test('can be tried first, and keeps nothing then', async () => {
    expect((await transfer({ dry_run: true })).body).toMatchObject({ dry_run: true, from: { balance: 380 } })
    expect([await credits('anna'), await credits('ben')]).toEqual([500, 0])
  })

  test.each([
    [{ amount: 501 }, 422, 'insufficient_balance'],
    [{ to_user_id: 'anna' }, 422, 'same_customer'],
    [{ to_user_id: 'nobody' }, 404, 'rc_customer_not_found: the receiver'],
    [{ from_user_id: 'nobody' }, 404, 'rc_customer_not_found: the sender'],
    [{ currency: 'GLD' }, 422, 'unknown_currency'],
    [{ amount: 0 }, 422, 'amount: must be a whole number from 1 to 100000'],
    [{ from_user_id: undefined }, 422, 'from_user_id: is required'],
    [{ reason: 'x' }, 422, 'reason: must have 3 to 500 characters'],
    [{ colour: 'red' }, 422, '"colour": is not a known field'],
  ])('with %j is refused', async (fields, status, detail) => {
    const answer = await transfer(fields)
    expect([answer.status, answer.body.detail]).toEqual([status, detail])
  })

  test('is refused above the highest balance, and where the currency does not allow it', async () => {
    await fill('ben')
    expect((await transfer()).body.detail).toBe('balance_above_maximum: the receiver')
    await api.patch(CRD, { transfers_allowed: false })
    expect((await transfer()).body.detail).toBe('transfers_not_allowed')
  })

  test('is not undone by a reversal, and the answer says what to do instead', async () => {
    const { body } = await transfer()
    const answer = await api.post(`/transactions/${body.from.transaction_id}/reverse`, { reason: 'ZD-9 wrong user' })
    expect([answer.status, answer.body.detail]).toEqual([
      422,
      'not_reversible: send the units back by another transfer',
    ])
  })
})

/** Fills a wallet but for 50 units; over HTTP nobody may grant so much at once. */
async function fill(userId: string): Promise<void> {
  const order = { projectId: shop.demo.projectId, userId, currency: 'CRD', amount: 1_999_999_950, reason: 'ZD-1' }
  const done = await adjustBalance(shop.ctx, { ...order, idempotencyKey: null, actor: 'support', requestId: 'req1' })
  if (!done.ok) throw new Error(done.refusal.code)
}
