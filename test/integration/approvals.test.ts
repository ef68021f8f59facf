import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { type Desk, type DeskAnswer, type Hired, openDesk, SHARED } from '../support/operator-desk.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()
let desk: Desk
let anna: Hired
let ben: Hired
let cleo: Hired
beforeEach(async () => {
  desk = await openDesk(shop.ctx, shop.demo.projectId)
  anna = await desk.hire('Anna', 'support')
  ben = await desk.hire('Ben', 'lead')
  cleo = await desk.hire('Cleo', 'lead')
  await buy(shop.ctx, shop.demo, 'user1', 'credits_500')
  await desk.ask(SHARED, 'PUT /admin/approval-settings', { approval_threshold: 1_000 })
})
afterEach(() => desk.app.close())

const credits = () => balanceOf(shop.ctx, shop.demo.projectId, 'user1')
const request = async (amount = 5_000, fields: Record<string, unknown> = {}, who = anna.bearer): Promise<string> => {
  const answer = await desk.adjust(who, 'user1', amount, fields)
  expect(answer.status).toBe(202)
  return answer.body.approval_id
}
const approve = (who: string, id: string) => desk.ask(who, `POST /admin/credits/approvals/${id}/approve`)
const reject = (who: string, id: string, reason = 'no ticket') =>
  desk.ask(who, `POST /admin/credits/approvals/${id}/reject`, { reason })
const said = ({ status, body }: DeskAnswer) => [status, body.detail]
const list = async (status = 'all') =>
  (await desk.ask(SHARED, `GET /admin/credits/approvals?status=${status}`)).body.items

describe('a change above the threshold', () => {
  test('is not made but put before a second person, and done when that person agrees', async () => {
    const asked = await desk.adjust(anna.bearer, 'user1', 5_000, { idempotency_key: 'zd-1' })
    expect([asked.status, asked.body]).toEqual([
      202,
      {
        status: 'pending_approval',
        approval_id: expect.stringMatching(/^appr/),
        user_id: 'user1',
        currency: 'CRD',
        amount: 5_000,
        reason: 'ZD-1 goodwill',
        idempotency_key: 'zd-1',
        created_at: '2026-01-31T10:00:00.000Z',
        expires_at: '2026-02-07T10:00:00.000Z',
        replayed: false,
      },
    ])
    expect(await credits()).toBe(500)
    const id = asked.body.approval_id
    const done = await approve(ben.bearer, id)
    expect([done.status, done.body]).toMatchObject([
      200,
      {
        approval_id: id,
        status: 'approved',
        requested_by: { id: anna.id, name: 'Anna' },
        decided_by: { id: ben.id, name: 'Ben' },
        balance: 5_500,
        replayed: false,
      },
    ])
    expect(await credits()).toBe(5_500)
    const { body } = await desk.ask(SHARED, `GET /admin/credits/transactions/${done.body.transaction_id}`)
    expect(body.actor).toBe(`${anna.actor}, approved by ${ben.actor}`)
    expect(await list('approved')).toMatchObject([{ approval_id: id, transaction_id: done.body.transaction_id }])
  })

  test('at the threshold or without one is made at once', async () => {
    expect((await desk.adjust(anna.bearer, 'user1', 1_000)).status).toBe(200)
    expect((await desk.adjust(anna.bearer, 'user1', -1_001)).status).toBe(202)
    await desk.ask(SHARED, 'PUT /admin/approval-settings', { approval_threshold: null })
    expect((await desk.adjust(anna.bearer, 'user1', 1_001)).status).toBe(200)
    expect((await desk.ask(anna.bearer, 'GET /admin/approval-settings')).body).toEqual({ approval_threshold: null })
  })

  test('that could never be made is refused at once', async () => {
    expect(said(await desk.adjust(anna.bearer, 'nobody', 5_000))).toEqual([404, 'rc_customer_not_found'])
    expect(said(await desk.adjust(anna.bearer, 'user1', 5_000, { currency: 'NOPE' }))).toEqual([
      422,
      'unknown_currency',
    ])
    const dora = await desk.hire('Dora', 'support', { maxPerChange: 4_999 })
    expect(said(await desk.adjust(dora.bearer, 'user1', 5_000))).toEqual([403, 'operator_limit_exceeded'])
    expect(await list()).toEqual([])
  })

  test('tried as a dry run says that it would wait, and leaves no request', async () => {
    const tried = await desk.adjust(anna.bearer, 'user1', 5_000, { dry_run: true })
    expect([tried.status, tried.body]).toMatchObject([202, { status: 'pending_approval', dry_run: true }])
    expect(await list()).toEqual([])
  })
})

describe('who may agree', () => {
  test('is never whoever asked, though their role approves', async () => {
    const id = await request(5_000, {}, ben.bearer)
    expect(said(await approve(ben.bearer, id))).toEqual([403, 'second_operator_required'])
    expect((await approve(cleo.bearer, id)).status).toBe(200)
  })

  test('is not the shared secret for its own, whichever of the secrets it is, but an operator', async () => {
    const secrets = ['the-secret-of-old', SHARED]
    const rotating = await openDesk(shop.ctx, shop.demo.projectId, { secrets })
    const asked = await rotating.adjust('the-secret-of-old', 'user1', 5_000)
    const id = asked.body.approval_id
    expect(said(await approve(SHARED, id))).toEqual([403, 'second_operator_required'])
    expect((await approve(ben.bearer, id)).status).toBe(200)
    expect((await approve(SHARED, await request())).body.decided_by).toEqual({ id: 'admin', name: null })
    await rotating.app.close()
  })

  test('needs a role that approves, and a limit that covers it', async () => {
    const id = await request()
    const dora = await desk.hire('Dora', 'support')
    expect(said(await approve(dora.bearer, id))).toEqual([403, 'role_not_allowed'])
    const emma = await desk.hire('Emma', 'lead', { maxPerChange: 4_999 })
    const refused = await approve(emma.bearer, id)
    expect(refused.body).toMatchObject({ detail: 'operator_limit_exceeded', limit: 'max_per_change' })
    expect(await credits()).toBe(500)
  })
})

describe('an agreement', () => {
  test('by many at once has one effect, and all get its answer', async () => {
    const id = await request()
    const other = await openDesk(shop.ctx, shop.demo.projectId)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        (n % 2 === 0 ? desk : other).ask(
          [ben, cleo][n % 2]?.bearer ?? '',
          `POST /admin/credits/approvals/${id}/approve`,
        ),
      ),
    )
    await other.app.close()
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(answers.filter(({ body }) => !body.replayed)).toHaveLength(1)
    expect(new Set(answers.map(({ body }) => JSON.stringify({ ...body, replayed: null }))).size).toBe(1)
    expect(await credits()).toBe(5_500)
  })

  test('and a rejection at once: one of them holds', async () => {
    for (let round = 0; round < 5; round++) {
      const before = await credits()
      const id = await request()
      const [approved, rejected] = await Promise.all([approve(ben.bearer, id), reject(cleo.bearer, id)])
      expect([approved.status, rejected.status].sort()).toEqual([200, 409])
      expect((await credits()) - before).toBe(approved.status === 200 ? 5_000 : 0)
    }
  })

  test('to what cannot be done says why, and leaves the request open', async () => {
    const id = await request(-5_000)
    expect(said(await approve(ben.bearer, id))).toEqual([422, 'insufficient_balance'])
    expect(await list('pending')).toMatchObject([{ approval_id: id, status: 'pending' }])
    await desk.ask(SHARED, 'PUT /admin/approval-settings', { approval_threshold: null })
    await desk.adjust(SHARED, 'user1', 4_500)
    expect((await approve(ben.bearer, id)).body).toMatchObject({ status: 'approved', balance: 0 })
  })

  test('counts for the day of whoever asked', async () => {
    const dora = await desk.hire('Dora', 'support', { maxPerDay: 8_000 })
    const [first, second] = [await request(5_000, {}, dora.bearer), await request(5_000, {}, dora.bearer)]
    expect((await approve(ben.bearer, first)).status).toBe(200)
    expect((await approve(ben.bearer, second)).body).toMatchObject({
      detail: 'operator_limit_exceeded',
      limit: 'max_per_day',
      remaining: 3_000,
    })
    shop.clock.advance(DAY_MS)
    expect((await approve(ben.bearer, second)).status).toBe(200)
  })

  test('comes too late after seven days', async () => {
    const id = await request()
    shop.clock.advance(7 * DAY_MS)
    expect(said(await approve(ben.bearer, id))).toEqual([409, 'approval_closed: expired'])
    expect(await list('expired')).toMatchObject([{ approval_id: id, status: 'expired' }])
    expect(await list('pending')).toEqual([])
    expect(await credits()).toBe(500)
  })
})

describe('a repeat of the request with its key', () => {
  const again = () => desk.adjust(anna.bearer, 'user1', 5_000, { idempotency_key: 'zd-1' })

  test('gets the same request for as long as it waits, then what was done', async () => {
    const answers = await Promise.all(Array.from({ length: 8 }, again))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(202))
    const [id, ...others] = new Set(answers.map(({ body }) => body.approval_id))
    expect([others, answers.filter(({ body }) => !body.replayed).length]).toEqual([[], 1])
    await approve(ben.bearer, id)
    const done = await again()
    expect([done.status, done.body]).toMatchObject([
      200,
      { amount: 5_000, balance: 5_500, idempotency_key: 'zd-1', replayed: true },
    ])
    expect(done.headers['idempotency-replayed']).toBe('true')
    await desk.ask(SHARED, 'PUT /admin/approval-settings', { approval_threshold: null })
    expect((await again()).body).toEqual(done.body)
    expect(await credits()).toBe(5_500)
  })

  test('is told when it was rejected or forgotten, and another input is a conflict', async () => {
    const { body } = await again()
    const other = await desk.adjust(anna.bearer, 'user1', 6_000, { idempotency_key: 'zd-1' })
    expect(said(other)).toEqual([409, 'idempotency_key_conflict'])
    const small = await desk.adjust(anna.bearer, 'user1', 6, { idempotency_key: 'zd-1' })
    expect(said(small)).toEqual([409, 'idempotency_key_conflict'])
    await reject(ben.bearer, body.approval_id)
    expect(said(await again())).toEqual([409, 'approval_closed: rejected'])
    expect(await credits()).toBe(500)
  })
})

describe('a rejection', () => {
  test('says by whom and why, and is final', async () => {
    const id = await request()
    const answer = await reject(ben.bearer, id, ' wrong user ')
    expect(answer.body).toMatchObject({ status: 'rejected', decided_by: { id: ben.id }, decision_reason: 'wrong user' })
    expect(said(await approve(cleo.bearer, id))).toEqual([409, 'approval_closed: rejected'])
    expect(said(await reject(cleo.bearer, id))).toEqual([409, 'approval_closed: rejected'])
  })

  test('of one’s own request is withdrawing it; of another’s it needs the role', async () => {
    const dora = await desk.hire('Dora', 'support')
    const id = await request()
    expect(said(await reject(dora.bearer, id))).toEqual([403, 'role_not_allowed'])
    expect((await reject(anna.bearer, id)).status).toBe(200)
  })
})

test('requests are listed page by page, the newest first, and one is found by its id', async () => {
  const ids = [await request(), await request(), await request()].reverse()
  const first = await desk.ask(anna.bearer, 'GET /admin/credits/approvals?limit=2')
  expect(first.body.items.map(({ approval_id }: { approval_id: string }) => approval_id)).toEqual(ids.slice(0, 2))
  const rest = await desk.ask(anna.bearer, `GET /admin/credits/approvals?limit=2&cursor=${first.body.next_cursor}`)
  expect(rest.body).toMatchObject({ items: [{ approval_id: ids[2] }], next_cursor: null })
  expect((await desk.ask(anna.bearer, `GET /admin/credits/approvals/${ids[0]}`)).body).toEqual(first.body.items[0])
  for (const path of ['apprnope', '%00', 'x'.repeat(1_500)]) {
    expect(said(await desk.ask(anna.bearer, `GET /admin/credits/approvals/${path}`))).toEqual([
      404,
      'approval_not_found',
    ])
  }
  for (const query of ['status=open', 'limit=0', 'limit=101', 'cursor=-']) {
    expect((await desk.ask(anna.bearer, `GET /admin/credits/approvals?${query}`)).status).toBe(422)
  }
})
