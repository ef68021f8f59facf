import { beforeEach, describe, expect, test } from 'vitest'
import { expireDueHolds } from '../../src/usecases/wallet/expire-due-holds.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'
import { configureUsage, usedBy } from '../support/usage.ts'
import { openUsageServer, type UsageServer } from '../support/usage-server.ts'

const shop = newShopPerStory()
let server: UsageServer
beforeEach(async () => {
  await configureUsage(shop.ctx, shop.demo.projectId)
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  server = await openUsageServer(shop)
  return () => server.app.close()
})

const credits = () => balanceOf(shop.ctx, shop.demo.projectId, 'anna')

async function ask(path: string, body: Record<string, unknown> = {}) {
  const answer = await server.post(path, { bearer: shop.demo.secretKeyV1 }, body)
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers }
}
const reserve = (costs: Record<string, number>, fields: Record<string, unknown> = {}) =>
  ask('/reserve', { user_id: 'anna', costs, ...fields })
const reserved = async (credits: number, fields: Record<string, unknown> = {}): Promise<string> =>
  (await reserve({ credits }, fields)).body.reservation_id
const settle = (id: string, fields: Record<string, unknown> = {}) => ask(`/reservations/${id}/settle`, fields)
const release = (id: string, fields: Record<string, unknown> = {}) => ask(`/reservations/${id}/release`, fields)

describe('a reservation', () => {
  test('sets credits aside, is charged the real cost in the end, and gives the rest back', async () => {
    const made = await ask('/reserve', { user_id: 'anna', action: 'market_research', quantity: 100 })
    expect(made.body).toEqual({
      reservation_id: expect.stringMatching(/^hold/),
      user_id: 'anna',
      status: 'reserved',
      reason: 'market_research',
      currency: 'CRD',
      reserved: 300,
      settled: 0,
      held: 300,
      balance: 200,
      expires_at: '2026-01-31T10:15:00+00:00',
      transaction_id: expect.stringMatching(/^vatx/),
      replayed: false,
    })
    const done = await settle(made.body.reservation_id, { credits: 120 })
    expect(done.body).toMatchObject({ status: 'settled', reserved: 300, settled: 120, held: 0, balance: 380 })
    expect(Number(done.headers['x-purser-revision'])).toBeGreaterThan(Number(made.headers['x-purser-revision']))
  })

  test('leaves the allowance of the period alone: what it charges comes out of the wallet', async () => {
    await settle(await reserved(100))
    expect(await credits()).toBe(400)
    expect(await usedBy(shop.ctx, shop.demo.projectId, 'anna')).toEqual({ key: '2026-01', tier: 'free' })
  })

  test('that cost more takes the difference out of the wallet, or says what is missing and stays open', async () => {
    const id = await reserved(300)
    const short = await settle(id, { credits: 501 })
    expect([short.status, short.body]).toEqual([
      402,
      { detail: 'insufficient_credits', meter: 'credits', currency: 'CRD', required: 201, remaining: 200, missing: 1 },
    ])
    expect((await settle(id, { credits: 500 })).body).toMatchObject({ status: 'settled', settled: 500, balance: 0 })
  })

  test('is given back as a whole, or by itself when nobody ends it in time', async () => {
    expect((await release(await reserved(300))).body).toMatchObject({ status: 'released', balance: 500 })
    const forgotten = await reserved(300, { expires_in_seconds: 60 })
    shop.clock.advance(60_000)
    expect((await settle(forgotten)).body).toEqual({ detail: 'reservation_expired' })
    await expireDueHolds(shop.ctx)
    expect(await credits()).toBe(500)
  })

  test('that the wallet cannot cover is refused, and the answer names what is missing', async () => {
    const short = await reserve({ credits: 620 })
    expect([short.status, short.body]).toEqual([
      402,
      {
        detail: 'insufficient_credits',
        meter: 'credits',
        currency: 'CRD',
        required: 620,
        remaining: 500,
        missing: 120,
      },
    ])
    const stranger = await ask('/reserve', { user_id: 'nobody', costs: { credits: 1 } })
    expect(stranger.body).toMatchObject({ detail: 'insufficient_credits', remaining: 0, missing: 1 })
    expect(await credits()).toBe(500)
  })

  test('happens once for a key of a user, and ends once for a key, with the first answer for ever', async () => {
    const key = { idempotency_key: 'job-7' }
    const made = await Promise.all(Array.from({ length: 10 }, () => reserve({ credits: 100 }, key)))
    const [first] = made
    expect(new Set(made.map(({ body }) => body.reservation_id)).size).toBe(1)
    expect(made.filter(({ body }) => !body.replayed)).toHaveLength(1)
    expect((await reserve({ credits: 101 }, key)).body).toEqual({ detail: 'idempotency_key_conflict' })
    const id = first?.body.reservation_id
    const done = await Promise.all(Array.from({ length: 10 }, () => settle(id, { credits: 40, ...key })))
    expect(done.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(done.filter(({ body }) => !body.replayed)).toHaveLength(1)
    expect((await settle(id)).body).toEqual({ detail: 'reservation_closed' })
    expect((await settle(await reserved(60), key)).body).toMatchObject({ settled: 60, replayed: false })
    expect(await credits()).toBe(400)
  })

  test('is one of at most a hundred', async () => {
    for (let made = 0; made < 100; made++) await reserved(1)
    expect((await reserve({ credits: 1 })).body).toEqual({ detail: 'too_many_reservations' })
  })

  test('is for servers alone: an app cannot say what its work cost', async () => {
    const answer = await server.post('/reserve', { user: 'anna' }, { action: 'market_research' })
    expect([answer.statusCode, answer.json().detail]).toEqual([
      403,
      'secret_key_required: who reserves must also say what the work cost',
    ])
  })

  test.each([
    [{ action: 'chat_message' }, 422, 'not_reservable: questions'],
    [{ costs: { credits: 1, tts: 2 } }, 422, 'not_reservable: tts'],
    [{ action: 'no_such' }, 422, 'unknown_action: no_such'],
    [{}, 422, 'invalid_fields: body: must have either action or costs'],
  ])('of %j is refused', async (fields, status, detail) => {
    const answer = await ask('/reserve', { user_id: 'anna', ...fields })
    expect([answer.status, answer.body.detail]).toEqual([status, detail])
  })

  test.each(['hold0', 'a%00b', 'x'.repeat(90)])('%s is not found', async (id) => {
    expect(await settle(id)).toMatchObject({ status: 404, body: { detail: 'reservation_not_found' } })
  })
})
