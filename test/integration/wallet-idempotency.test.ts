import { beforeEach, expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { forgetOldAnswers } from '../../src/usecases/idempotency.ts'
import { type AdminAnswer, type AdminApi, adminApi } from '../support/admin-api.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()
let api: AdminApi
beforeEach(async () => {
  api = await adminApi(shop.ctx, shop.demo.projectId)
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
})

const KEY = { 'idempotency-key': 'k1' }
const credits = () => balanceOf(shop.ctx, shop.demo.projectId, 'anna')

/** Each write that takes a key, with what it does to 500 units. */
const WRITES: Array<[string, () => Promise<AdminAnswer>, number]> = [
  ['adjust', () => api.post('/adjust', { user_id: 'anna', amount: -10, reason: 'ZD-1' }, KEY), 490],
  ['hold', () => api.post('/users/anna/holds', { amount: 10, reason: 'job 1' }, KEY), 490],
]

test.each(WRITES)(
  '%s: a replay repeats the stored answer byte for byte, and its header says so',
  async (_name, write, left) => {
    const first = await write()
    shop.clock.advance(5_000)
    const again = await write()
    expect(first.headers['idempotency-replayed']).toBeUndefined()
    expect(again.headers['idempotency-replayed']).toBe('true')
    expect(again.text).toBe(first.text.replace('"replayed":false', '"replayed":true'))
    expect(await credits()).toBe(left)
  },
)

test.each(WRITES)('%s: a key is kept for 30 days at least, then forgotten by the worker', async (_name, write) => {
  await write()
  shop.clock.advance(30 * DAY_MS)
  expect(await forgetOldAnswers(shop.ctx)).toEqual({ done: 0, more: false })
  expect((await write()).headers['idempotency-replayed']).toBe('true')
  shop.clock.advance(6 * DAY_MS)
  expect(await forgetOldAnswers(shop.ctx)).toEqual({ done: 1, more: false })
  expect((await write()).headers['idempotency-replayed']).toBeUndefined()
})

test('a key of one operation is another key in the next', async () => {
  const answers = []
  for (const [, write] of WRITES) answers.push(await write())
  expect(answers.map(({ status, headers }) => [status, headers['idempotency-replayed']])).toEqual([
    [200, undefined],
    [200, undefined],
  ])
})
