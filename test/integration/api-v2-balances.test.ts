import { beforeAll, describe, expect, test } from 'vitest'
import { ok } from '../../src/core/lib/result.ts'
import { statement } from '../../src/db/statement.ts'
import type { Sent } from '../../src/http/api-v2/fixtures/api-v2-app.ts'
import { archiveCurrency } from '../../src/usecases/catalog/archive-currency.ts'
import { createCurrency } from '../../src/usecases/catalog/create-currency.ts'
import { mergeCustomers } from '../../src/usecases/customers/merge-customers.ts'
import { codesIn, newApiV2World } from '../support/api-v2.ts'
import { balanceOf, buy } from '../support/demo.ts'

/** Guarantee: balances are read as they are, and changed all at once or not at all, once for each idempotency key. */

const api = newApiV2World()
const LEDGER = statement(
  'test.api_ledger',
  `select actor, reason, request_id from wallet_transactions t join customer_aliases a using (customer_id)
   where kind = 'api_adjust' and a.app_user_id = $1 order by transaction_id`,
)
const EVENTS = statement(
  'test.api_events',
  `select e.type from events e join customer_aliases a using (customer_id) where a.app_user_id = $1`,
)

beforeAll(async () => {
  for (const [code, description] of [
    ['GLD', 'Main coin'],
    ['SLV', null],
    ['OLD', null],
  ] as const) {
    api.clock.advance(1)
    const named = { projectId: api.demo.projectId, code, name: `Name of ${code}`, description }
    await createCurrency(api.ctx, { ...named, grants: [] })
  }
})

const url = (userId: string) => `/customers/${encodeURIComponent(userId)}/virtual_currencies`
const read = (userId: string, query = '') => api.ask('GET', `${url(userId)}${query}`)
const amountsOf = async (userId: string) =>
  Object.fromEntries((await read(userId)).body.items.map((item: Item) => [item.currency_code, item.balance]))
type Item = { currency_code: string; balance: number }

/** Sends adjustments to one of the two writes. */
function change(userId: string, adjustments: unknown, sent: Sent & { action?: string; query?: string } = {}) {
  const { action = 'transactions', query = '', ...rest } = sent
  return api.ask('POST', `${url(userId)}/${action}${query}`, { body: { adjustments }, ...rest })
}

/** A customer with 500 credits. */
async function customer(userId: string): Promise<string> {
  await buy(api.ctx, api.demo, userId, 'credits_500')
  return userId
}

describe('reading balances', () => {
  test('lists what the customer has; zeros and descriptions that are none are left out', async () => {
    const userId = await customer('anna@example.com:1')
    await change(userId, { GLD: 80, SLV: 5 })
    await change(userId, { SLV: -5 })
    const path = `/v2/projects/${api.demo.projectId}/customers/${encodeURIComponent(userId)}/virtual_currencies`
    const item = { object: 'virtual_currency_balance' }
    expect((await read(userId)).body).toEqual({
      object: 'list',
      items: [
        { ...item, currency_code: 'GLD', balance: 80, name: 'Name of GLD', description: 'Main coin' },
        { ...item, currency_code: 'CRD', balance: 500, name: 'Credits', description: 'Demo credits' },
      ],
      next_page: null,
      url: `https://purser.example.com/base${path}`,
    })
    expect((await read(userId)).headers['x-purser-revision']).toMatch(/^\d+$/)
  })

  test('with empty balances lists every currency, however true is written', async () => {
    const userId = await customer('ben')
    for (const yes of ['true', 'True', '1']) {
      expect(codesIn(await read(userId, `?include_empty_balances=${yes}`))).toEqual(['OLD', 'SLV', 'GLD', 'CRD'])
    }
    for (const no of ['false', 'False', '0']) {
      expect(codesIn(await read(userId, `?include_empty_balances=${no}`))).toEqual(['CRD'])
    }
    expect(await read(userId, '?include_empty_balances=perhaps')).toMatchObject({
      status: 400,
      body: { param: 'include_empty_balances' },
    })
  })

  test('is cut into pages', async () => {
    const userId = await customer('cleo')
    const first = await read(userId, '?include_empty_balances=True&limit=3')
    expect(codesIn(first)).toEqual(['OLD', 'SLV', 'GLD'])
    expect(first.body.next_page).toBe(`${first.body.url}?include_empty_balances=true&starting_after=GLD&limit=3`)
    const second = await read(userId, '?include_empty_balances=true&starting_after=GLD&limit=3')
    expect([codesIn(second), second.body.next_page]).toEqual([['CRD'], null])
    expect(await read(userId, '?starting_after=GLD')).toMatchObject({ status: 404, body: { param: 'starting_after' } })
  })

  test('answers 404 to a customer that does not exist, whatever the id is', async () => {
    for (const userId of ['nobody', 'x'.repeat(1_500), 'a/b', '\u0000', 'null']) {
      expect(await read(userId)).toMatchObject({ status: 404, body: { type: 'resource_missing' } })
      expect((await change(userId, { GLD: 1 })).status).toBe(404)
    }
    expect(await read('x'.repeat(1_501))).toMatchObject({ status: 400, body: { param: 'customer_id' } })
    expect(await api.ctx.read.customers.findByAppUserId(api.demo.projectId, 'nobody')).toBeNull()
  })
})

describe.each(['transactions', 'update_balance'])('changing balances by %s', (action) => {
  const send = (userId: string, adjustments: unknown, sent: Sent & { query?: string } = {}) =>
    change(userId, adjustments, { ...sent, action })

  test('deposits, spends and converts, and answers the balances that were named', async () => {
    const userId = await customer(`dora ${action}`)
    expect((await send(userId, { GLD: 50 })).body.items).toMatchObject([{ currency_code: 'GLD', balance: 50 }])
    const converted = await send(userId, { GLD: -50, SLV: 200, CRD: 0 })
    expect(converted.body.items.map((item: Item) => [item.currency_code, item.balance])).toEqual([
      ['SLV', 200],
      ['GLD', 0],
      ['CRD', 500],
    ])
    expect(converted.body).toMatchObject({ next_page: null, url: (await read(userId)).body.url })
    expect(await amountsOf(userId)).toEqual({ SLV: 200, CRD: 500 })
  })

  test('shows every currency when asked to', async () => {
    const userId = await customer(`emil ${action}`)
    const answer = await send(userId, { GLD: 1 }, { query: '?include_empty_balances=true' })
    expect(codesIn(answer)).toEqual(['OLD', 'SLV', 'GLD', 'CRD'])
  })

  test('does nothing at all when one of several cannot be done: 422', async () => {
    const userId = await customer(`fred ${action}`)
    const { revision } = (await api.ctx.read.customers.findByAppUserId(api.demo.projectId, userId)) ?? {}
    const poor = await send(userId, { SLV: 10, GLD: -1, CRD: -500 })
    expect(poor).toMatchObject({
      status: 422,
      body: {
        type: 'unprocessable_entity_error',
        param: 'adjustments',
        message: "Customer's balance is not enough to perform the transaction.",
        retryable: false,
      },
    })
    expect((await send(userId, { SLV: 10, CRD: 2_000_000_000 })).status).toBe(422)
    expect((await send(userId, { CRD: Number.MIN_SAFE_INTEGER })).status).toBe(422)
    expect((await send(userId, { CRD: Number.MAX_SAFE_INTEGER })).status).toBe(422)
    expect(await amountsOf(userId)).toEqual({ CRD: 500 })
    expect(await api.ctx.read.customers.findByAppUserId(api.demo.projectId, userId)).toMatchObject({ revision })
    expect((await send(userId, { CRD: 1_999_999_500 })).body.items).toMatchObject([{ balance: 2_000_000_000 }])
  })

  test('writes one ledger transaction with the key, the reference and the request, and tells no webhook', async () => {
    const userId = await customer(`gina ${action}`)
    const before = (await api.database.query(EVENTS, [userId])).length
    await send(userId, null, { body: { adjustments: { GLD: 3, CRD: -3 }, reference: 'order-42' } })
    const keyId = expect.stringMatching(/^apikey/)
    expect(await api.database.query(LEDGER, [userId])).toEqual([
      { actor: keyId, reason: 'order-42', request_id: '0123456789abcdef' },
    ])
    expect(await api.database.query(EVENTS, [userId])).toHaveLength(before)
    expect(api.changes.at(-1)).toMatchObject({ kinds: ['usage'] })
  })

  test('changes nothing for zeros', async () => {
    const userId = await customer(`hugo ${action}`)
    const told = api.changes.length
    expect((await send(userId, { GLD: 0 })).body.items).toMatchObject([{ currency_code: 'GLD', balance: 0 }])
    expect(api.changes).toHaveLength(told)
    expect(await api.database.query(LEDGER, [userId])).toEqual([])
  })

  test.each([
    ['no adjustments', {}, 'adjustments'],
    ['empty adjustments', { adjustments: {} }, 'adjustments'],
    ['half a unit', { adjustments: { GLD: 0.5 } }, 'adjustments'],
    ['an amount in words', { adjustments: { GLD: '5' } }, 'adjustments'],
    ['an amount beyond exact numbers', { adjustments: { GLD: -1e300 } }, 'adjustments'],
    ['a list of amounts', { adjustments: [5] }, 'adjustments'],
    ['a reference that is a number', { adjustments: { GLD: 5 }, reference: 5 }, 'reference'],
    ['an unknown key', { adjustments: { GLD: 5 }, note: 'x' }, 'note'],
  ])('refuses %s: 400', async (_name, body, param) => {
    const userId = await customer(`ina ${action}`)
    expect(await send(userId, null, { body })).toMatchObject({ status: 400, body: { type: 'parameter_error', param } })
  })

  test('answers 404 to an unknown currency, and 422 to one that is archived', async () => {
    const userId = await customer(`jan ${action}`)
    await send(userId, { OLD: 4 })
    for (const code of ['NONE', '', '__proto']) {
      expect(await send(userId, { [code]: 1, GLD: 1 })).toMatchObject({
        status: 404,
        body: { type: 'resource_missing', param: 'adjustments' },
      })
    }
    const archive = (archived: boolean) =>
      archiveCurrency(api.ctx, { projectId: api.demo.projectId, code: 'OLD', archived })
    await archive(true)
    expect((await send(userId, { OLD: -1, GLD: 1 })).status).toBe(422)
    expect(await amountsOf(userId)).toEqual({ OLD: 4, CRD: 500 })
    await archive(false)
  })
})

test('parallel spends never pass zero, and each is answered by what it did', async () => {
  const userId = await customer('kim')
  const answers = await Promise.all(Array.from({ length: 12 }, () => change(userId, { CRD: -50, GLD: 1 })))
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(10)
  expect(answers.filter(({ status }) => status === 422)).toHaveLength(2)
  expect(await amountsOf(userId)).toEqual({ GLD: 10 })
})

describe('an idempotency key', () => {
  const keyed = (key: string) => ({ headers: { 'idempotency-key': key } })

  test('has a change done once, however often and however parallel it is asked for', async () => {
    const userId = await customer('lena')
    const answers = await Promise.all(Array.from({ length: 8 }, () => change(userId, { CRD: -100 }, keyed('k-1'))))
    expect(new Set(answers.map(({ status, body }) => JSON.stringify([status, body]))).size).toBe(1)
    expect(await balanceOf(api.ctx, api.demo.projectId, userId)).toBe(400)
    await change(userId, { CRD: -400 })
    expect(await change(userId, { CRD: -100 }, keyed('k-1'))).toMatchObject({
      status: 200,
      body: { items: [{ balance: 400 }] },
    })
    expect(await balanceOf(api.ctx, api.demo.projectId, userId)).toBe(0)
  })

  test('repeats a 422 too, also when it could be done by now; other refusals are judged anew', async () => {
    const userId = await customer('mia')
    const refused = await change(userId, { GLD: -5 }, keyed('k-2'))
    expect(refused.status).toBe(422)
    expect((await change(userId, { NEW: 1 }, keyed('k-3'))).status).toBe(404)
    await change(userId, { GLD: 5 })
    expect(await change(userId, { GLD: -5 }, keyed('k-2'))).toMatchObject({ status: 422, body: refused.body })
    await createCurrency(api.ctx, {
      projectId: api.demo.projectId,
      code: 'NEW',
      name: 'x',
      description: null,
      grants: [],
    })
    expect((await change(userId, { NEW: 1 }, keyed('k-3'))).status).toBe(200)
    expect(await amountsOf(userId)).toEqual({ NEW: 1, GLD: 5, CRD: 500 })
  })

  test('is refused for another request: 409', async () => {
    const userId = await customer('nora')
    const body = { adjustments: { GLD: 5, SLV: 1 }, reference: 'one' }
    expect((await change(userId, null, { body, ...keyed('k-4') })).status).toBe(200)
    const same = JSON.stringify({ reference: 'one', adjustments: { SLV: 1, GLD: 5 } })
    expect((await change(userId, null, { body: same, ...keyed('k-4') })).status).toBe(200)
    for (const other of [
      { body: { ...body, adjustments: { GLD: 6, SLV: 1 } } },
      { body: { ...body, reference: 'two' } },
      { body, query: '?include_empty_balances=true' },
    ]) {
      expect(await change(userId, null, { ...other, ...keyed('k-4') })).toMatchObject({
        status: 409,
        body: { type: 'idempotency_error', param: 'Idempotency-Key', retryable: false },
      })
    }
    expect(await amountsOf(userId)).toEqual({ GLD: 5, SLV: 1, CRD: 500 })
  })

  test('is of one operation and one customer', async () => {
    const [one, other] = [await customer('olga'), await customer('paul')]
    await change(one, { GLD: 1 }, keyed('k-5'))
    await change(one, { GLD: 1 }, { ...keyed('k-5'), action: 'update_balance' })
    await change(other, { GLD: 1 }, keyed('k-5'))
    expect([(await amountsOf(one)).GLD, (await amountsOf(other)).GLD]).toEqual([2, 1])
  })

  test('still holds when the customer has been merged into another', async () => {
    const [kept, absorbed] = [await customer('quin'), await customer('rosa')]
    await change(absorbed, { GLD: 1 }, keyed('k-6'))
    await api.ctx.transaction(async (tx) => {
      const [one, other] = [kept, absorbed].map((id) => tx.customers.lockByAppUserId(api.demo.projectId, id))
      const [keep, absorb] = [await one, await other]
      if (keep && absorb) await mergeCustomers(tx, api.ctx, keep, absorb)
      return ok(null)
    })
    expect((await change(absorbed, { GLD: 1 }, keyed('k-6'))).body.items).toMatchObject([{ balance: 1 }])
    expect(await amountsOf(kept)).toEqual({ GLD: 1, CRD: 1_000 })
  })

  test('has 1 to 255 characters: 400', async () => {
    const userId = await customer('sam')
    for (const key of ['', 'x'.repeat(256)]) {
      expect(await change(userId, { GLD: 1 }, keyed(key))).toMatchObject({
        status: 400,
        body: { type: 'parameter_error', param: 'Idempotency-Key' },
      })
    }
    expect((await change(userId, { GLD: 1 }, keyed('x'.repeat(255)))).status).toBe(200)
  })
})
