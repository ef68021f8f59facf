import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { type Desk, type Hired, openDesk, SHARED } from '../support/operator-desk.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()
let desk: Desk
beforeEach(async () => {
  desk = await openDesk(shop.ctx, shop.demo.projectId)
  for (const user of ['anna', 'emil', 'fred']) await buy(shop.ctx, shop.demo, user, 'credits_500')
})
afterEach(() => desk.app.close())

const credits = (user = 'anna') => balanceOf(shop.ctx, shop.demo.projectId, user)
const left = async (hired: Hired): Promise<number> => {
  const { status, body } = await desk.adjust(hired.bearer, 'anna', 100_000)
  expect([status, body.detail]).toEqual([403, 'operator_limit_exceeded'])
  return body.remaining
}

describe('the limit of one change', () => {
  test('lets its own amount pass and nothing above, either way, and says so', async () => {
    const ben = await desk.hire('Ben', 'support', { maxPerChange: 100 })
    expect((await desk.adjust(ben.bearer, 'anna', 100)).status).toBe(200)
    expect((await desk.adjust(ben.bearer, 'anna', -100)).status).toBe(200)
    for (const amount of [101, -101]) {
      const refused = await desk.adjust(ben.bearer, 'anna', amount, { idempotency_key: 'k' })
      expect([refused.status, refused.body]).toEqual([
        403,
        {
          detail: 'operator_limit_exceeded',
          limit: 'max_per_change',
          currency: 'CRD',
          maximum: 100,
          remaining: 100,
          resets_at: null,
        },
      ])
    }
    expect((await desk.adjust(ben.bearer, 'anna', 5, { idempotency_key: 'k' })).status).toBe(200)
    expect((await desk.adjust(SHARED, 'anna', 101)).status).toBe(200)
  })
})

describe('the limit of a day', () => {
  test('counts what is granted and what is taken, over all users, until midnight in UTC', async () => {
    const ben = await desk.hire('Ben', 'support', { maxPerDay: 100 })
    await desk.adjust(ben.bearer, 'anna', 60)
    expect((await desk.adjust(ben.bearer, 'emil', -30)).status).toBe(200)
    const refused = await desk.adjust(ben.bearer, 'fred', 11)
    expect([refused.status, refused.body]).toEqual([
      403,
      {
        detail: 'operator_limit_exceeded',
        limit: 'max_per_day',
        currency: 'CRD',
        maximum: 100,
        remaining: 10,
        resets_at: '2026-02-01T00:00:00.000Z',
      },
    ])
    expect(await credits('fred')).toBe(500)
    shop.clock.set(Date.parse('2026-02-01T00:00:00Z'))
    expect((await desk.adjust(ben.bearer, 'fred', 100)).status).toBe(200)
  })

  test('is never exceeded, however many changes of however many users come at once', async () => {
    const ben = await desk.hire('Ben', 'support', { maxPerDay: 100 })
    const other = await openDesk(shop.ctx, shop.demo.projectId)
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) => {
        const user = ['anna', 'emil', 'fred'][n % 3] ?? 'anna'
        return (n % 2 === 0 ? desk : other).adjust(ben.bearer, user, n % 5 === 0 ? -7 : 7)
      }),
    )
    await other.app.close()
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(14)
    expect(answers.filter(({ body }) => body.detail === 'operator_limit_exceeded')).toHaveLength(16)
    expect(await left(ben)).toBe(2)
  })

  test('counts nothing for a change that was refused, repeated or only tried', async () => {
    const ben = await desk.hire('Ben', 'support', { maxPerDay: 1_000 })
    expect((await desk.adjust(ben.bearer, 'anna', -501)).body.detail).toBe('insufficient_balance')
    expect((await desk.adjust(ben.bearer, 'anna', 400, { dry_run: true })).status).toBe(200)
    expect(await left(ben)).toBe(1_000)
    for (let time = 0; time < 3; time++) await desk.adjust(ben.bearer, 'anna', 400, { idempotency_key: 'k' })
    expect(await left(ben)).toBe(600)
  })

  test('is enforced as it is now, also for a token that was seen before', async () => {
    const ben = await desk.hire('Ben', 'support')
    expect((await desk.adjust(ben.bearer, 'anna', 1_000)).status).toBe(200)
    await desk.ask(SHARED, `PATCH /admin/operators/${ben.id}`, { max_per_day: 10 })
    expect((await desk.adjust(ben.bearer, 'anna', 11)).status).toBe(403)
    expect((await desk.adjust(ben.bearer, 'anna', 10)).status).toBe(200)
  })

  test('counts each currency by itself', async () => {
    await shop.ctx.transaction(async (tx) => {
      const gems = { code: 'GEM', name: 'Gems', description: null }
      await tx.catalog.insertCurrency(shop.demo.projectId, gems, shop.clock.now())
      return { ok: true, value: null }
    })
    shop.clock.advance(DAY_MS)
    const ben = await desk.hire('Ben', 'support', { maxPerDay: 100 })
    expect((await desk.adjust(ben.bearer, 'anna', 100)).status).toBe(200)
    expect((await desk.adjust(ben.bearer, 'anna', 100, { currency: 'GEM' })).status).toBe(200)
    expect((await desk.adjust(ben.bearer, 'anna', 1, { currency: 'GEM' })).status).toBe(403)
  })
})

describe('what counts besides changes by hand', () => {
  let ben: Hired
  beforeEach(async () => {
    ben = await desk.hire('Ben', 'support', { maxPerDay: 100 })
  })

  test('a reversal moves units once more', async () => {
    const { body } = await desk.adjust(SHARED, 'anna', 70)
    const undone = await desk.ask(ben.bearer, `POST /admin/credits/transactions/${body.transaction_id}/reverse`, {
      reason: 'ZD-2',
    })
    expect(undone.status).toBe(200)
    expect(await left(ben)).toBe(30)
    const more = await desk.adjust(SHARED, 'anna', 31)
    const refused = await desk.ask(ben.bearer, `POST /admin/credits/transactions/${more.body.transaction_id}/reverse`, {
      reason: 'ZD-2',
    })
    expect(refused.body).toMatchObject({ detail: 'operator_limit_exceeded', remaining: 30 })
  })

  test('setting units aside counts, using them only beyond that, and releasing them not at all', async () => {
    const hold = async (amount: number) =>
      desk.ask(ben.bearer, 'POST /admin/credits/users/anna/holds', { amount, reason: 'job' })
    const first = await hold(40)
    expect(await left(ben)).toBe(60)
    await desk.ask(ben.bearer, `POST /admin/credits/holds/${first.body.hold_id}/capture`, { amount: 55 })
    expect(await left(ben)).toBe(45)
    const second = await hold(45)
    await desk.ask(ben.bearer, `POST /admin/credits/holds/${second.body.hold_id}/void`, {})
    expect(await left(ben)).toBe(0)
    expect((await hold(1)).body).toMatchObject({ detail: 'operator_limit_exceeded', remaining: 0 })
  })
})
