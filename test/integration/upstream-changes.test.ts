import { describe, expect, test } from 'vitest'
import { ok } from '../../src/core/lib/result.ts'
import { grant, newUpstreamStory } from '../support/upstream-story.ts'

/**
 * Guarantee: in front of another server, the Admin Credits API answers as it does for the own ledger, and a change is made
 * there once.
 */

const story = newUpstreamStory()

describe('a change on a good line', () => {
  test('is made at the upstream under the reason, and answered like one of the own ledger', async () => {
    const userId = await story.newUser(120)
    const done = await story.adjust(grant(userId, { idempotency_key: 'zd-1042-1' }))
    expect([done.status, done.body]).toEqual([
      200,
      {
        user_id: userId,
        currency: 'CRD',
        amount: 50,
        balance: 170,
        reason: 'ZD-1042 goodwill',
        idempotency_key: 'zd-1042-1',
        transaction_id: expect.stringMatching(/^crin[0-9a-f]+$/),
        replayed: false,
        created_at: expect.stringMatching(/Z$/),
      },
    ])
    expect(await story.upstream.balanceOf(userId)).toBe(170)
    expect(await story.upstream.referencesOf(userId)).toEqual(['null', 'ZD-1042 goodwill'])
    const again = await story.adjust(grant(userId, { idempotency_key: 'zd-1042-1' }))
    expect(again.body).toEqual({ ...done.body, replayed: true })
    expect(again.headers['x-purser-revision']).toBe(done.headers['x-purser-revision'])
    const other = await story.adjust(grant(userId, { amount: 51, idempotency_key: 'zd-1042-1' }))
    expect([other.status, other.body.detail]).toEqual([409, 'idempotency_key_conflict'])
    expect(story.front.changes()).toHaveLength(1)
  })

  test('gives a customer that was unknown here a row, and tells exactly their sessions once', async () => {
    const userId = await story.newUser()
    await story.adjust(grant(userId, { idempotency_key: 'k' }))
    await story.adjust(grant(userId, { idempotency_key: 'k' }))
    const customer = await story.shop.ctx.read.customers.findByAppUserId(story.shop.demo.projectId, userId)
    expect(customer).toMatchObject({ originalAppUserId: userId, revision: 2 })
    expect(story.usageChanges()).toMatchObject([
      { customerId: customer?.customerId, revision: 2, cause: 'admin_adjust', currency: 'CRD' },
    ])
  })

  test('takes units down to zero and no further', async () => {
    const userId = await story.newUser(10)
    expect((await story.adjust(grant(userId, { amount: -10 }))).body).toMatchObject({ balance: 0 })
    const short = await story.adjust(grant(userId, { amount: -1 }))
    expect([short.status, short.body]).toEqual([422, { detail: 'insufficient_balance' }])
    expect(await story.upstream.balanceOf(userId)).toBe(0)
    expect(await story.entriesOf(userId)).toMatchObject([
      {
        changes: [],
        upstream: { status: 'failed', requested: { amount: -1 }, last_error: 'unprocessable_entity_error' },
      },
      { changes: [{ currency: 'CRD', amount: -10 }], upstream: { status: 'applied' } },
    ])
  })

  test('beyond the most that a balance can be is refused before the upstream hears of it', async () => {
    const userId = await story.newUser(2_000_000_000 - 49)
    const over = await story.adjust(grant(userId))
    expect([over.status, over.body.detail]).toEqual([422, 'balance_above_maximum'])
    expect(story.front.changes()).toEqual([])
    expect((await story.adjust(grant(userId, { amount: 49 }))).body.balance).toBe(2_000_000_000)
  })

  test('of an unknown currency is refused, and of an unknown customer too, without an event or a customer here', async () => {
    const userId = await story.newUser()
    const currency = await story.adjust(grant(userId, { currency: 'GEM' }))
    expect([currency.status, currency.body]).toEqual([422, { detail: 'unknown_currency' }])
    for (const amount of [5, -5]) {
      const nobody = await story.adjust(grant('nobody', { amount }))
      expect([nobody.status, nobody.body]).toEqual([404, { detail: 'rc_customer_not_found' }])
    }
    expect(story.usageChanges()).toEqual([])
    expect(await story.shop.ctx.read.customers.findByAppUserId(story.shop.demo.projectId, 'nobody')).toBeNull()
  })

  test('is undone by the opposite one, once', async () => {
    const userId = await story.newUser()
    const { transaction_id: id } = (await story.adjust(grant(userId))).body
    const undo = (body: object = {}) =>
      story.front.api.post(`/transactions/${id}/reverse`, { reason: 'ZD-1043 mistake', ...body })
    expect((await undo({ shortage: 'clamp' })).body).toEqual({ detail: 'not_available_in_upstream_mode' })
    const undone = await undo({ idempotency_key: 'undo-1' })
    expect(undone.body).toMatchObject({
      reverses_transaction_id: id,
      user_id: userId,
      changes: [{ currency: 'CRD', amount: -50, balance: 0 }],
      replayed: false,
    })
    expect((await undo({ idempotency_key: 'undo-1' })).body).toEqual({ ...undone.body, replayed: true })
    expect((await undo()).body).toEqual({ detail: 'already_reversed' })
    const back = await story.front.api.post(`/transactions/${undone.body.transaction_id}/reverse`, {
      reason: 'ZD-1044',
    })
    expect([back.status, back.body.detail]).toEqual([422, 'not_reversible'])
    expect(await story.upstream.balanceOf(userId)).toBe(0)
    expect(await story.entriesOf(userId)).toMatchObject([
      { kind: 'reversal', reverses_transaction_id: id },
      { kind: 'admin_adjust', reversed_by: undone.body.transaction_id },
    ])
    expect((await story.front.api.get(`/transactions/${id}`)).body).toMatchObject({
      postings: [],
      upstream: { status: 'applied' },
    })
  })

  test('that a second person would have to agree to is refused: nobody could be asked', async () => {
    const userId = await story.newUser()
    await story.shop.ctx.transaction(async (tx) => ok(await tx.approvals.setThreshold(story.shop.demo.projectId, 49)))
    const refused = await story.adjust(grant(userId))
    expect([refused.status, refused.body.detail]).toEqual([409, 'not_available_in_upstream_mode'])
    expect([story.front.changes(), await story.entriesOf(userId)]).toEqual([[], []])
    expect((await story.adjust(grant(userId, { amount: 49 }))).status).toBe(200)
  })

  test('as a dry run tells what would be, and sends and keeps nothing', async () => {
    const userId = await story.newUser(10)
    const dry = await story.adjust(grant(userId, { dry_run: true, idempotency_key: 'k' }))
    expect(dry.body).toMatchObject({ balance: 60, dry_run: true, replayed: false })
    const short = await story.adjust(grant(userId, { amount: -11, dry_run: true }))
    expect([short.status, short.body.detail]).toEqual([422, 'insufficient_balance'])
    expect(story.front.changes()).toEqual([])
    expect(await story.entriesOf(userId)).toEqual([])
    expect((await story.adjust(grant(userId, { idempotency_key: 'k' }))).body).toMatchObject({
      replayed: false,
      balance: 60,
    })
  })
})

describe('what takes a ledger of our own', () => {
  test.each([
    ['/users/anna/holds', { amount: 5, reason: 'a game' }],
    ['/holds/hold1/void', {}],
    ['/bulk', {}],
  ])('is refused: %s', async (path, body) => {
    const refused = await story.front.api.post(path, body)
    expect([refused.status, refused.body]).toEqual([409, { detail: 'not_available_in_upstream_mode' }])
  })
})

test('currencies and balances are those of the upstream, in the form of the own ledger', async () => {
  const userId = await story.newUser(7)
  const [grant] = (await story.front.api.get('/currencies')).body.items[0].product_grants
  expect(Object.keys(grant)).toEqual([
    'product_id',
    'store_product_id',
    'amount',
    'trial_amount',
    'expire_at_cycle_end',
  ])
  const CRD = { code: 'CRD', name: 'Credits', description: 'Demo credits' }
  expect((await story.front.api.get('/currencies')).body.items).toMatchObject([CRD])
  expect((await story.front.api.get(`/users/${userId}/balances`)).body).toEqual({
    user_id: userId,
    items: [{ ...CRD, balance: 7 }],
  })
  const empty = await story.newUser()
  expect((await story.front.api.get(`/users/${empty}/balances`)).body.items).toEqual([])
  expect((await story.front.api.get(`/users/${empty}/balances?include_empty=true`)).body.items).toEqual([
    { ...CRD, balance: 0 },
  ])
})
