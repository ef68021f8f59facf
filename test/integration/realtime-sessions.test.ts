import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createTokenSecrets } from '../../src/app/token-secrets.ts'
import { getCustomer } from '../../src/usecases/customers/get-customer.ts'
import { bootstrapSession } from '../../src/usecases/realtime/bootstrap-session.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { startGateway } from '../support/realtime-client.ts'
import { newShopPerStory } from '../support/story.ts'

/** Sessions against a real database: what two processes that share nothing else see of each other. */

const shop = newShopPerStory()
const secrets = createTokenSecrets()
type Process = Awaited<ReturnType<typeof startGateway>>
let one: Process
let other: Process
let admin: AdminApi

beforeEach(async () => {
  admin = await adminApi(shop.ctx, shop.demo.projectId)
  // Two gateways with a bus of their own each: no message gets from one to the other.
  const overrides = { read: shop.ctx.read, clock: shop.ctx.clock, secrets }
  one = await startGateway(overrides)
  other = await startGateway(overrides)
})
afterEach(async () => {
  await one?.close()
  await other?.close()
})

async function tokenOf(userId: string, deviceId = 'phone'): Promise<string> {
  const { projectId } = shop.demo
  const ensureCustomer = async () =>
    (await getCustomer(shop.ctx, { projectId, appUserId: userId, touch: false })).customer
  return (await bootstrapSession({ ctx: shop.ctx, secrets, ensureCustomer }, { projectId, userId, deviceId })).token
}

/** Lets the longest time pass between two comparisons with the database, twice: the first may have begun before. */
async function sweep(process: Process): Promise<void> {
  for (let round = 0; round < 2; round++) {
    shop.clock.advance(6000)
    const swept = process.swept()
    process.world.clock.advance(1000)
    await swept
    // It counts as over a turn after it was told.
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const grant = (userId: string) =>
  adjustBalance(shop.ctx, {
    projectId: shop.demo.projectId,
    userId,
    currency: 'CRD',
    amount: 5,
    reason: 'ZD-1 goodwill',
    idempotencyKey: randomUUID(),
    actor: 'support',
    requestId: '0123456789abcdef',
  })

describe('without any message between processes', () => {
  test('a committed change is told by every process that serves its customer', async () => {
    const token = await tokenOf('anna')
    const [anna, ben] = [await other.connect(token), await other.connect(await tokenOf('ben'))]
    await Promise.all([anna.settled(), ben.settled()])
    expect(await grant('anna')).toMatchObject({ ok: true })
    await sweep(other)
    const customer = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
    expect((await anna.settled()).map(({ event, data }) => [event, data.seq])).toEqual([
      ['usage.changed', customer?.revision],
      ['entitlements.changed', customer?.revision],
    ])
    expect(await ben.settled()).toEqual([])
    await sweep(other)
    expect(await anna.settled()).toEqual([])
  })

  test('a revocation ends the sessions of every process, and no process takes the tokens any more', async () => {
    const [phone, tablet] = [await tokenOf('anna', 'phone'), await tokenOf('anna', 'tablet')]
    const open = [await one.connect(phone), await other.connect(tablet)]
    const ben = await other.connect(await tokenOf('ben'))
    expect(await admin.revoke('anna')).toMatchObject({ status: 200, body: { user_id: 'anna', tokens_revoked: 2 } })
    for (const process of [one, other]) {
      for (const token of [phone, tablet]) {
        expect(await process.refused(`/realtime?token=${token}`)).toMatchObject({
          status: 401,
          body: { detail: 'invalid_token' },
        })
      }
      await sweep(process)
    }
    for (const client of open) expect(await client.closed).toEqual({ code: 4001, reason: 'session_revoked' })
    expect(await ben.settled()).toEqual([])
  })
})

describe('a revocation', () => {
  test('of one device leaves the others, and announces itself without raising the revision', async () => {
    const [phone, tablet] = [await tokenOf('anna', 'phone'), await tokenOf('anna', 'tablet')]
    const before = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
    expect((await admin.revoke('anna', { device_id: 'phone' })).body).toEqual({ user_id: 'anna', tokens_revoked: 1 })
    expect(shop.changes.at(-1)).toMatchObject({ cause: 'revocation', kinds: [], revision: before?.revision })
    expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')).toEqual(before)
    expect((await one.refused(`/realtime?token=${phone}`)).status).toBe(401)
    expect((await one.connect(tablet)).hello.event).toBe('connected')
  })

  test.each([
    ['an unknown user', 'nobody', undefined, 404, 'rc_customer_not_found'],
    ['a misspelt field', 'anna', { device: 'phone' }, 422, 'body: has an unknown field'],
    ['a device that is no text', 'anna', { device_id: 5 }, 422, 'device_id: must be a text of 1 to 200 characters'],
    ['a list', 'anna', [], 422, 'body: must be an object'],
  ])('is refused for %s, and revokes nothing', async (_what, userId, body, status, detail) => {
    const token = await tokenOf('anna')
    expect(await admin.revoke(userId, body)).toMatchObject({ status, body: { detail } })
    expect((await one.connect(token)).hello.event).toBe('connected')
  })
})

describe('min_revision', () => {
  test('is immediate on one database for a revision that an answer has shown, and refuses what is none', async () => {
    await tokenOf('anna')
    await grant('anna')
    const revision = (await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna'))?.revision
    for (const what of ['balances', 'transactions', 'holds']) {
      const shown = await admin.get(`/users/anna/${what}?min_revision=${revision}`)
      expect([what, shown.status, shown.headers['x-purser-revision']]).toEqual([what, 200, String(revision)])
      expect(await admin.get(`/users/anna/${what}?min_revision=-1`)).toMatchObject({
        status: 400,
        body: { detail: 'invalid_request: min_revision must be a whole number from 0.' },
      })
    }
  })
})
