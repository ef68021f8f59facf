import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../../src/core/lib/clock.ts'
import { ok } from '../../src/core/lib/result.ts'
import { RateLimiter } from '../../src/http/lib/rate-limit.ts'
import { addProject } from '../../src/usecases/projects/create-project.ts'
import { buy } from '../support/demo.ts'
import { type Desk, openDesk, SHARED } from '../support/operator-desk.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()
let desk: Desk
beforeEach(async () => {
  desk = await openDesk(shop.ctx, shop.demo.projectId)
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
})
afterEach(() => desk.app.close())

const CURRENCIES = 'GET /admin/credits/currencies'
const said = ({ status, text }: { status: number; text: string }) => [status, text]
const actors = async () => {
  const list = await desk.ask(SHARED, 'GET /admin/credits/users/anna/transactions')
  return list.body.items.map(({ actor }: { actor: string }) => actor)
}

/** What is below `/internal` has no route yet; the guard must hold for whatever comes there. */
const GUARDED = [
  CURRENCIES,
  'POST /admin/credits/adjust',
  'GET /admin/operators',
  'GET /admin/credits/approvals',
  'PUT /admin/approval-settings',
  'GET /internal',
  'GET /internal/',
  'GET /internal/anything/at/all',
  'POST /internal/anything',
  'DELETE /internal/x',
  'OPTIONS /internal/x',
]

describe.each(GUARDED)('%s', (request) => {
  test('answers 503 without a configured secret, whoever asks, operators too', async () => {
    const ben = await desk.hire('Ben', 'admin')
    const closed = await openDesk(shop.ctx, shop.demo.projectId, { secrets: [] })
    for (const bearer of [null, 'x', SHARED, ben.bearer]) {
      expect(said(await closed.ask(bearer, request))).toEqual([503, '{"detail":"admin_unconfigured"}'])
    }
    await closed.app.close()
  })

  test('answers 401 without a bearer and 403 to a wrong one', async () => {
    expect(said(await desk.ask(null, request))).toEqual([401, '{"detail":"missing_bearer"}'])
    for (const bearer of ['x', 'opt_x', `opt_${'x'.repeat(5_000)}`]) {
      expect(said(await desk.ask(bearer, request))).toEqual([403, '{"detail":"invalid_admin_secret"}'])
    }
  })
})

test('below /internal, whoever may pass finds nothing there yet', async () => {
  const ben = await desk.hire('Ben', 'viewer')
  for (const bearer of [SHARED, ben.bearer]) {
    for (const request of ['GET /internal', 'GET /internal/x', 'POST /internal/x']) {
      expect(said(await desk.ask(bearer, request, request.startsWith('POST') ? {} : undefined))).toEqual([
        404,
        '{"detail":"not_found"}',
      ])
    }
  }
})

describe('a role', () => {
  const hold = { amount: 1, reason: 'job 1' }
  const ALLOWED: Array<[string, unknown, string[]]> = [
    [CURRENCIES, undefined, ['viewer', 'support', 'lead', 'admin']],
    ['GET /admin/credits/users/anna/balances', undefined, ['viewer', 'support', 'lead', 'admin']],
    ['GET /admin/credits/approvals', undefined, ['viewer', 'support', 'lead', 'admin']],
    ['POST /admin/credits/adjust', { user_id: 'anna', amount: 1, reason: 'ZD-1' }, ['support', 'lead', 'admin']],
    ['POST /admin/credits/users/anna/holds', hold, ['support', 'lead', 'admin']],
    ['POST /admin/credits/transactions/x/reverse', { reason: 'ZD-1' }, ['support', 'lead', 'admin']],
    ['POST /admin/credits/approvals/x/approve', undefined, ['lead', 'admin']],
    ['GET /admin/operators', undefined, ['admin']],
    ['POST /admin/operators', { name: 'New', role: 'viewer' }, ['admin']],
    ['PUT /admin/approval-settings', { approval_threshold: null }, ['admin']],
  ]

  test.each(ALLOWED)('%s is for those who may', async (request, body, roles) => {
    for (const role of ['viewer', 'support', 'lead', 'admin'] as const) {
      const { bearer } = await desk.hire(`Ben ${role}`, role)
      const answer = await desk.ask(bearer, request, body)
      if (roles.includes(role)) expect(answer.status).not.toBe(403)
      else expect(said(answer)).toEqual([403, '{"detail":"role_not_allowed"}'])
    }
    expect((await desk.ask(SHARED, request, body)).status).not.toBe(403)
  })
})

test('the ledger says who: the operator by id and name, and nobody in particular for the shared secret', async () => {
  const ben = await desk.hire('Ben', 'support')
  await desk.adjust(SHARED, 'anna', 1)
  const { body } = await desk.adjust(ben.bearer, 'anna', 2)
  await desk.ask(ben.bearer, `POST /admin/credits/transactions/${body.transaction_id}/reverse`, { reason: 'ZD-2' })
  const held = await desk.ask(ben.bearer, 'POST /admin/credits/users/anna/holds', { amount: 3, reason: 'job' })
  expect(held.body.actor).toBe(ben.actor)
  expect((await actors()).slice(0, 4)).toEqual([ben.actor, ben.actor, ben.actor, 'admin'])
})

describe('a token', () => {
  test('is rotated without a moment in which none works, and the old one ends within seconds', async () => {
    const ben = await desk.hire('Ben', 'viewer')
    expect((await desk.ask(ben.bearer, CURRENCIES)).status).toBe(200)
    const issued = await desk.ask(SHARED, `POST /admin/operators/${ben.id}/tokens`, { expires_in_days: 30 })
    expect([issued.status, issued.body.expires_at]).toEqual([201, '2026-03-02T10:00:00.000Z'])
    for (const bearer of [ben.bearer, issued.body.token]) expect((await desk.ask(bearer, CURRENCIES)).status).toBe(200)

    const revoked = await desk.ask(SHARED, `DELETE /admin/operators/${ben.id}/tokens/${ben.tokenId}`)
    expect([revoked.status, revoked.body]).toEqual([200, { revoked: 1 }])
    shop.clock.advance(5 * SECOND_MS)
    expect((await desk.ask(ben.bearer, CURRENCIES)).body).toEqual({ detail: 'invalid_admin_secret' })
    expect((await desk.ask(issued.body.token, CURRENCIES)).status).toBe(200)
    const again = await desk.ask(SHARED, `DELETE /admin/operators/${ben.id}/tokens/${ben.tokenId}`)
    expect(said(again)).toEqual([404, '{"detail":"token_not_found"}'])
  })

  test('with an end is over then, to the millisecond', async () => {
    const ben = await desk.hire('Ben', 'viewer')
    const { body } = await desk.ask(SHARED, `POST /admin/operators/${ben.id}/tokens`, { expires_in_days: 1 })
    shop.clock.set(Date.parse(body.expires_at) - 1)
    expect((await desk.ask(body.token, CURRENCIES)).status).toBe(200)
    shop.clock.advance(1)
    expect((await desk.ask(body.token, CURRENCIES)).status).toBe(403)
  })

  test('costs one read of the database in five seconds, however many requests come', async () => {
    let reads = 0
    const { operators } = shop.ctx.read
    const byTokenHash: typeof operators.byTokenHash = (hash) => {
      reads++
      return operators.byTokenHash(hash)
    }
    const ctx = { ...shop.ctx, read: { ...shop.ctx.read, operators: { ...operators, byTokenHash } } }
    const counted = await openDesk(ctx, shop.demo.projectId)
    const ben = await desk.hire('Ben', 'viewer')
    for (let request = 0; request < 20; request++) await counted.ask(ben.bearer, CURRENCIES)
    for (let request = 0; request < 20; request++) await counted.ask('x', CURRENCIES)
    expect(reads).toBe(1)
    await counted.app.close()
  })

  test('is stored as a hash only, and an operator has ten at most', async () => {
    const ben = await desk.hire('Ben', 'viewer')
    const listed = await desk.ask(SHARED, 'GET /admin/operators')
    expect(listed.text).not.toContain(ben.bearer)
    expect(listed.body.items).toMatchObject([{ operator_id: ben.id, tokens: [{ token_id: ben.tokenId }] }])
    for (let count = 1; count < 10; count++) {
      expect((await desk.ask(SHARED, `POST /admin/operators/${ben.id}/tokens`)).status).toBe(201)
    }
    const refused = await desk.ask(SHARED, `POST /admin/operators/${ben.id}/tokens`)
    expect(said(refused)).toEqual([422, '{"detail":"too_many_tokens"}'])
    expect((await desk.ask(SHARED, `DELETE /admin/operators/${ben.id}/tokens`)).body).toEqual({ revoked: 10 })
  })

  test('has its own limit for each route, and wrong ones count against their address', async () => {
    const limits = {
      currencies: new RateLimiter(1, shop.clock),
      balances: new RateLimiter(1, shop.clock),
      adjust: new RateLimiter(1, shop.clock),
      holds: new RateLimiter(1, shop.clock),
      publish: new RateLimiter(1, shop.clock),
      failedAuth: new RateLimiter(1, shop.clock),
    }
    const strict = await openDesk(shop.ctx, shop.demo.projectId, { limits })
    const [ben, cleo] = [await desk.hire('Ben', 'viewer'), await desk.hire('Cleo', 'viewer')]
    const statuses = []
    for (const bearer of [ben.bearer, ben.bearer, cleo.bearer, SHARED, SHARED]) {
      statuses.push((await strict.ask(bearer, CURRENCIES)).status)
    }
    expect(statuses).toEqual([200, 429, 200, 200, 429])
    expect((await strict.ask(ben.bearer, 'GET /admin/credits/approvals')).status).toBe(200)
    expect((await strict.ask('opt_guess', CURRENCIES)).status).toBe(403)
    expect((await strict.ask(cleo.bearer, CURRENCIES)).body.detail).toMatch(/^too_many_failed_sign_ins: /)
    shop.clock.advance(MINUTE_MS)
    expect((await strict.ask(cleo.bearer, CURRENCIES)).status).toBe(200)
    await strict.app.close()
  })
})

describe('an operator of one project', () => {
  test('means that one without a header, learns of no other, and manages nobody elsewhere', async () => {
    const other = await shop.ctx.transaction(async (tx) =>
      ok(await addProject(tx, shop.ctx, { name: 'Other', isDemo: false })),
    )
    const otherId = other.ok ? other.value.projectId : ''
    const ben = await desk.hire('Ben', 'admin')
    expect((await desk.ask(SHARED, CURRENCIES)).body).toEqual({ detail: 'project_required' })
    expect((await desk.ask(ben.bearer, CURRENCIES)).status).toBe(200)
    for (const header of [otherId, 'projnope']) {
      const answer = await desk.ask(ben.bearer, CURRENCIES, undefined, { 'x-purser-project': header })
      expect(said(answer)).toEqual([400, '{"detail":"project_unknown"}'])
    }
    const everywhere = { name: 'Cleo', role: 'viewer', project_id: null }
    expect((await desk.ask(ben.bearer, 'POST /admin/operators', everywhere)).body.detail).toBe('role_not_allowed')
    const cleo = await desk.ask(SHARED, 'POST /admin/operators', everywhere)
    expect(cleo.body).toMatchObject({ project_id: null, name: 'Cleo', role: 'viewer', token: expect.any(String) })
    expect((await desk.ask(ben.bearer, 'GET /admin/operators')).body.items).toHaveLength(1)
    const { operator_id } = cleo.body
    const touched = await desk.ask(ben.bearer, `PATCH /admin/operators/${operator_id}`, { role: 'admin' })
    expect(said(touched)).toEqual([404, '{"detail":"operator_not_found"}'])
    const header = { 'x-purser-project': shop.demo.projectId }
    expect((await desk.ask(cleo.body.token, CURRENCIES, undefined, header)).status).toBe(200)
  })
})

test('role and limits can be changed, and what is left out stays', async () => {
  const ben = await desk.hire('Ben', 'viewer', { maxPerChange: 5, maxPerDay: 50 })
  const path = `PATCH /admin/operators/${ben.id}`
  expect((await desk.ask(SHARED, path, { role: 'support', max_per_day: null })).body).toMatchObject({
    role: 'support',
    max_per_change: 5,
    max_per_day: null,
  })
  shop.clock.advance(5 * SECOND_MS)
  expect((await desk.adjust(ben.bearer, 'anna', 5)).status).toBe(200)
})

test('a name that would be mistaken for another entry of the ledger is refused', async () => {
  for (const name of ['Ben, approved by oper1/Cleo', 'a/b', '', ' Ben', 'x'.repeat(101), 'a\nb', 5]) {
    const answer = await desk.ask(SHARED, 'POST /admin/operators', { name, role: 'viewer' })
    expect([answer.status, answer.body.detail]).toEqual([422, expect.stringMatching(/^name: /)])
  }
  const faults = await desk.ask(SHARED, 'POST /admin/operators', { role: 'boss', max_per_day: 0, token: 1 })
  expect(faults.body.detail).toMatch(/^name: is required; role: must be one of .*; max_per_day: .*; "token": /)
})
