import { beforeEach, describe, expect, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { type Desk, openDesk, SHARED } from '../support/operator-desk.ts'
import { newShopPerStory } from '../support/story.ts'
import { configureUsage, consumeAs } from '../support/usage.ts'
import { openUsageServer, type UsageServer } from '../support/usage-server.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'

const shop = newShopPerStory()
let desk: Desk
let server: UsageServer
beforeEach(async () => {
  await configureUsage(shop.ctx, shop.demo.projectId)
  desk = await openDesk(shop.ctx, shop.demo.projectId)
  server = await openUsageServer(shop)
  for (const userId of ['anna', PHONE]) await use(userId, { credits: 1 })
  return async () => {
    await Promise.all([desk.app.close(), server.app.close()])
  }
})

const path = (userId: string) => `/admin/usage/users/${encodeURIComponent(userId)}/credits-cap`
const read = (userId = 'anna', bearer: string | null = SHARED) => desk.ask(bearer, `GET ${path(userId)}`)
const put = (credits_total: unknown, fields: Record<string, unknown> = {}, userId = 'anna', bearer = SHARED) =>
  desk.ask(bearer, `PUT ${path(userId)}`, { credits_total, reason: 'ZD-1 early access', ...fields })
const use = (userId: string, costs: Record<string, number>) => consumeAs(shop.ctx, shop.demo.projectId, userId, costs)
const usage = async (userId = 'anna') => (await server.get(userId)).json()
const customer = (userId: string) => shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, userId)
const decisions = (body: { changes: Array<Record<string, unknown>> }) =>
  body.changes.map(({ credits_total, reason, actor }) => [credits_total, reason, actor])

describe('a cap of credits of their own', () => {
  test('replaces that of the tier at once, in the running period, and touches nothing else', async () => {
    const before = await usage()
    expect(before).toMatchObject({ tier: { caps: { credits: 20 } }, used: { credits: 1 }, remaining: { credits: 19 } })
    const set = await put(1_000)
    expect([set.status, set.body]).toEqual([
      200,
      {
        user_id: 'anna',
        credits_total: 1_000,
        changes: [
          {
            credits_total: 1_000,
            reason: 'ZD-1 early access',
            actor: 'admin',
            merged_from: null,
            created_at: '2026-01-31T10:00:00.000Z',
          },
        ],
      },
    ])
    expect(await usage()).toEqual({
      ...before,
      tier: { ...before.tier, caps: { ...before.tier.caps, credits: 1_000 } },
      remaining: { ...before.remaining, credits: 999 },
    })
    expect((await usage(PHONE)).tier.caps.credits).toBe(20)
    expect((await read()).body).toEqual(set.body)
  })

  test('is what consumption is checked against, to the last credit and not one further', async () => {
    await put(30)
    expect(await use('anna', { credits: 29 })).toMatchObject({ value: { consumed: { creditsFromAllowance: 29 } } })
    expect(await use('anna', { credits: 1 })).toMatchObject({ refusal: { meter: 'credits', remaining: 0 } })
    expect(await use('anna', { questions: 50 })).toMatchObject({ ok: true })
    expect(await use('anna', { questions: 1 })).toMatchObject({ refusal: { meter: 'questions', remaining: 0 } })
  })

  test('stays through a change of tier and of period; the other caps follow the tier', async () => {
    await put(30)
    await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
    expect((await usage()).tier).toMatchObject({ id: 'pro', caps: { questions: 2_500, tts_minutes: 300, credits: 30 } })
    shop.clock.set(Date.parse('2026-02-01T00:00:00Z'))
    expect(await usage()).toMatchObject({ period: { key: '2026-02' }, remaining: { credits: 30 } })
  })

  test('that is less than what was used leaves nothing, never less, and then the wallet pays', async () => {
    await use('anna', { credits: 10 })
    await put(5)
    expect(await usage()).toMatchObject({ used: { credits: 11 }, remaining: { credits: 0 } })
    await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
    expect(await use('anna', { credits: 2 })).toMatchObject({ value: { consumed: { creditsFromLedger: 2 } } })
    expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(498)
  })

  test.each([null, 0])(
    'is cleared by %s: the tier counts again, and who set and cleared it stays known',
    async (none) => {
      await put(1_000)
      shop.clock.advance(1_000)
      const cleared = await put(none, { reason: 'over again' })
      expect(cleared.body.credits_total).toBeNull()
      expect(decisions(cleared.body)).toEqual([
        [null, 'over again', 'admin'],
        [1_000, 'ZD-1 early access', 'admin'],
      ])
      expect((await usage()).tier.caps.credits).toBe(20)
    },
  )

  test('gives credits to a tier that has no allowance of them', async () => {
    await configureUsage(shop.ctx, shop.demo.projectId, {
      tiers: [{ id: 'free', default: true, products: [], caps: { questions: 1, tts: 1 } }],
    })
    await put(3)
    expect((await usage()).tier.caps).toEqual({ questions: 1, tts_minutes: 0.016, credits: 3 })
  })
})

describe('a decision about it', () => {
  test('raises the revision by one and announces usage; the same request again does neither', async () => {
    const before = (await customer('anna'))?.revision ?? 0
    shop.changes.length = 0
    const set = await put(1_000)
    expect(set.headers['x-purser-revision']).toBe(String(before + 1))
    expect(shop.changes).toMatchObject([
      { revision: before + 1, kinds: ['usage'], cause: 'admin_adjust', currency: null },
    ])
    const again = await put(1_000)
    expect([again.body, again.headers['x-purser-revision']]).toEqual([set.body, String(before + 1)])
    expect(shop.changes).toHaveLength(1)
    expect(decisions((await put(1_000, { reason: 'ZD-2' })).body)).toHaveLength(2)
  })

  test('names the operator, and is for those who manage the project; others may look', async () => {
    const [admin, lead] = [await desk.hire('Ada', 'admin'), await desk.hire('Lea', 'lead')]
    expect(decisions((await put(7, {}, 'anna', admin.bearer)).body)).toEqual([[7, 'ZD-1 early access', admin.actor]])
    const refused = await put(8, {}, 'anna', lead.bearer)
    expect([refused.status, refused.body]).toEqual([403, { detail: 'role_not_allowed' }])
    expect((await read('anna', lead.bearer)).body.credits_total).toBe(7)
    expect((await read('anna', null)).body).toEqual({ detail: 'missing_bearer' })
    expect((await desk.ask(SHARED, `DELETE ${path('anna')}`)).status).toBe(405)
  })

  test('is about somebody who is known, and makes nobody known', async () => {
    for (const answer of [await put(7, {}, 'nobody'), await read('nobody')]) {
      expect([answer.status, answer.body]).toEqual([404, { detail: 'rc_customer_not_found' }])
    }
    expect(await customer('nobody')).toBeNull()
  })

  test('that is not well formed is refused with all that is wrong, and nothing is kept', async () => {
    const wrong = await put(1.5, { reason: 'no', colour: 1 })
    expect([wrong.status, wrong.body.detail.split('; ').sort()]).toEqual([
      422,
      [
        '"colour": is not a known field',
        'credits_total: must be a whole number from 0 to 2000000000, or null',
        'reason: must have 3 to 500 characters',
      ],
    ])
    expect((await put(5, { dry_run: true })).status).toBe(422)
    expect((await read()).body).toEqual({ user_id: 'anna', credits_total: null, changes: [] })
  })

  test('of many at the same moment is numbered without a gap, and the last one counts', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, (_, index) => put(100 + index)))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200))
    const { credits_total, changes } = (await read()).body
    expect(new Set(changes.map((change: { credits_total: number }) => change.credits_total)).size).toBe(8)
    expect([credits_total, (await usage()).tier.caps.credits]).toEqual(Array(2).fill(changes[0].credits_total))
  })
})

describe('when two customers become one', () => {
  const logIn = () =>
    identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })

  test('the cap of the one who goes on stays, even when the other is higher', async () => {
    await put(30)
    await put(1_000, {}, PHONE)
    await logIn()
    expect((await usage()).tier.caps.credits).toBe(30)
    expect(decisions((await read()).body)).toHaveLength(1)
  })

  test('the one who goes on without a cap takes that of the other, with who decided it and for whom', async () => {
    const absorbed = await customer(PHONE)
    await put(1_000, { reason: 'ZD-9' }, PHONE)
    shop.clock.advance(60_000)
    await logIn()
    expect(await usage()).toMatchObject({ tier: { caps: { credits: 1_000 } }, used: { credits: 2 } })
    expect((await read(PHONE)).body).toMatchObject({
      credits_total: 1_000,
      changes: [
        {
          reason: 'ZD-9',
          actor: 'admin',
          merged_from: absorbed?.customerId,
          created_at: '2026-01-31T10:00:00.000Z',
        },
      ],
    })
    const rows = await shop.database.query(statement('test.caps', 'select number from cap_overrides'), [])
    expect(rows).toHaveLength(2)
  })
})
