import { describe, expect, it } from 'vitest'
import { ConflictError } from '../../core/lib/conflict-error.ts'
import { refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../../usecases/ports.ts'
import { adminApp, change, REQUEST_ID, USER } from './fixtures/admin-app.ts'

describe('a change', () => {
  it('is answered in full, and recorded with its reason, actor and request', async () => {
    const { adjust, world } = await adminApp()
    const answer = await adjust(change({ idempotency_key: 'zd-1042-1' }))
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      user_id: USER,
      currency: 'CRD',
      amount: 50,
      balance: 50,
      reason: 'ZD-1042 outage goodwill',
      idempotency_key: 'zd-1042-1',
      transaction_id: world.ledger[0]?.transactionId,
      replayed: false,
      created_at: '2026-05-04T10:00:00.000Z',
    })
    expect(answer.headers['x-purser-revision']).toBe('1')
    expect(world.ledger).toMatchObject([
      { kind: 'admin_adjust', reason: 'ZD-1042 outage goodwill', actor: 'admin', requestId: REQUEST_ID },
    ])
    expect(world.changes).toMatchObject([{ kinds: ['usage'], cause: 'admin_adjust', currency: 'CRD' }])
  })

  it('can name its user in the path; the id is decoded once', async () => {
    const { ask, world } = await adminApp()
    const url = `/admin/credits/users/${USER.replace('_', '%5F')}/adjust`
    const answer = await ask({ method: 'POST', url, payload: { amount: 5, reason: 'abc', currency: 'GEM' } })
    expect(answer.json()).toMatchObject({ user_id: USER, currency: 'GEM', balance: 5, idempotency_key: null })
    expect(world.balanceOf(USER, 'GEM')).toBe(5)

    const other = await ask({ method: 'POST', url, payload: { ...change(), user_id: 'somebody' } })
    expect([other.statusCode, other.json().detail]).toEqual([422, expect.stringMatching(/^user_id: /)])
    const twice = await ask({
      method: 'POST',
      url: `/admin/credits/users/${USER.replace('_', '%255F')}/adjust`,
      payload: { amount: 5, reason: 'abc' },
    })
    expect(twice.json()).toEqual({ detail: 'rc_customer_not_found' })
  })

  it('deducts down to zero and not below', async () => {
    const { adjust, world } = await adminApp()
    await adjust(change({ amount: 50 }))
    const tooMuch = await adjust(change({ amount: -51 }))
    expect([tooMuch.statusCode, tooMuch.body]).toEqual([422, '{"detail":"insufficient_balance"}'])
    expect(world.balanceOf(USER, 'CRD')).toBe(50)
    expect((await adjust(change({ amount: -50 }))).json()).toMatchObject({ amount: -50, balance: 0 })
    expect((await adjust(change({ amount: -1 }))).statusCode).toBe(422)
    expect(world.balanceOf(USER, 'CRD')).toBe(0)
  })
})

describe('a repeated change', () => {
  it('with the same key gets the same answer and is done once, wherever the key stands', async () => {
    const { adjust, world } = await adminApp()
    const first = (await adjust(change({ idempotency_key: 'k' }))).json()
    const repeats = [await adjust(change({ idempotency_key: 'k' })), await adjust(change(), { 'idempotency-key': 'k' })]
    for (const repeat of repeats) {
      expect(repeat.statusCode).toBe(200)
      expect(repeat.json()).toEqual({ ...first, replayed: true })
    }
    expect(world.ledger).toHaveLength(1)
    expect(world.changes).toHaveLength(1)
  })

  it('with the same key and other input is a conflict', async () => {
    const { adjust, world } = await adminApp()
    await adjust(change({ idempotency_key: 'k' }))
    for (const other of [{ amount: 51 }, { reason: 'another reason' }, { currency: 'GEM' }, { user_id: 'somebody' }]) {
      const answer = await adjust(change({ idempotency_key: 'k', ...other }))
      expect([answer.statusCode, answer.body]).toEqual([409, '{"detail":"idempotency_key_conflict"}'])
    }
    expect(world.ledger).toHaveLength(1)
  })

  it('with a key in the header and another in the body is refused', async () => {
    const { adjust, world } = await adminApp()
    const answer = await adjust(change({ idempotency_key: 'a' }), { 'idempotency-key': 'b' })
    expect([answer.statusCode, answer.body]).toEqual([400, '{"detail":"idempotency_key_mismatch"}'])
    expect(world.ledger).toHaveLength(0)
  })

  it('without a key is done again', async () => {
    const { adjust, world } = await adminApp()
    await adjust(change())
    expect((await adjust(change())).json()).toMatchObject({ balance: 100, replayed: false })
    expect(world.ledger).toHaveLength(2)
  })

  it('twenty-five times at once is done once', async () => {
    const { adjust, world } = await adminApp()
    const answers = await Promise.all(
      Array.from({ length: 25 }, async () => (await adjust(change({ idempotency_key: 'k' }))).json()),
    )
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(answers.map(({ replayed: _, ...rest }) => JSON.stringify(rest))).size).toBe(1)
    expect(world.ledger).toHaveLength(1)
  })
})

it.each([
  [change({ amount: 0 }), 400, 'amount_must_be_nonzero'],
  [change({ currency: 'NOPE' }), 422, 'unknown_currency'],
  [change({ user_id: 'nobody' }), 404, 'rc_customer_not_found'],
  [change({ amount: -1 }), 422, 'insufficient_balance'],
])('%j is refused with %i %s, and nothing changes', async (body, status, detail) => {
  const { adjust, world } = await adminApp()
  const answer = await adjust(body)
  expect([answer.statusCode, answer.json()]).toEqual([status, { detail }])
  expect(world.ledger).toEqual([])
  expect(world.changes).toEqual([])
})

it('a balance never passes the largest one', async () => {
  const { adjust, world } = await adminApp({ maxAdjust: 2_000_000_000 })
  expect((await adjust(change({ amount: 2_000_000_000 }))).statusCode).toBe(200)
  const answer = await adjust(change({ amount: 1 }))
  expect([answer.statusCode, answer.body]).toEqual([422, '{"detail":"balance_above_maximum"}'])
  expect(world.balanceOf(USER, 'CRD')).toBe(2_000_000_000)
})

it('refusals are counted by their codes', async () => {
  const codes: string[] = []
  const { adjust, ask } = await adminApp({ onRefusal: (code) => codes.push(code) })
  await adjust(change())
  await adjust(change({ amount: 0 }))
  await adjust(change({ amount: 1.5 }))
  await adjust(change({ currency: 'NOPE' }))
  await adjust('{')
  await adjust(change(), { authorization: 'Bearer wrong' })
  await ask({ url: '/admin/nothing' })
  expect(codes).toEqual([
    'amount_must_be_nonzero',
    'invalid_fields',
    'unknown_currency',
    'invalid_json',
    'invalid_admin_secret',
    'not_found',
  ])
})

it('several faults are told at once', async () => {
  const { adjust } = await adminApp()
  const answer = await adjust({ amount: 1.5, reason: 'ab', user: 'u' })
  expect(answer.statusCode).toBe(422)
  expect(answer.json().detail).toBe(
    'user_id: is required; amount: must be a whole number; reason: must have 3 to 500 characters; "user": is not a known field',
  )
})

it.each(['project_required', 'project_unknown'] as const)('%s is a 400', async (code) => {
  const { adjust, ask } = await adminApp({ projectFor: async () => refuse({ code }) })
  const answers = [
    await adjust(change()),
    await ask({ url: '/admin/credits/currencies' }),
    await ask({ url: `/admin/credits/users/${USER}/balances` }),
  ]
  for (const answer of answers) expect([answer.statusCode, answer.json()]).toEqual([400, { detail: code }])
})

it('a change that keeps losing the race for its key is to be repeated', async () => {
  const { adjust } = await adminApp({ ctx: await failingCtx(new ConflictError('raced')) })
  const answer = await adjust(change({ idempotency_key: 'k' }))
  expect([answer.statusCode, answer.body]).toEqual([409, '{"detail":"idempotency_in_progress"}'])
  expect(answer.headers['retry-after']).toBe('1')
})

it('a failure names the request and nothing else', async () => {
  const { adjust } = await adminApp({ ctx: await failingCtx(new Error('relation "secret" does not exist')) })
  const answer = await adjust(change())
  expect([answer.statusCode, answer.json()]).toEqual([500, { detail: 'internal_error', request_id: REQUEST_ID }])
  expect(answer.headers['x-request-id']).toBe(REQUEST_ID)
})

/** A world whose transactions fail. */
async function failingCtx(error: Error): Promise<Ctx> {
  const { world } = await adminApp()
  const failing = () => Promise.reject(error)
  return { ...world.ctx, transaction: failing, groupedTransaction: failing }
}

it('reasons, secrets and keys are never logged, whatever happens', async () => {
  const { adjust, app, logged } = await adminApp()
  const marked = change({ reason: 'private words', idempotency_key: 'private-key' })
  await adjust(marked)
  await adjust({ ...marked, amount: 0 })
  await adjust({ ...marked, extra: 'private extra' })
  await adjust(marked, { authorization: 'Bearer private-guess' })
  await adjust('{"reason": "private words"')
  await app.inject({ method: 'POST', url: '/admin/credits/adjust', payload: marked })
  const failing = await adminApp({ ctx: await failingCtx(new Error('the database is gone')) })
  await failing.adjust(marked)
  expect(failing.logged()).toContain('the database is gone')
  expect(logged() + failing.logged()).not.toMatch(/private|a-secret-of-the-tests/)
})
