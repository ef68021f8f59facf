import { describe, expect, test } from 'vitest'
import type { GrantTerms } from '../../src/core/entitlements/decide-grant.ts'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { getCustomer } from '../../src/usecases/customers/get-customer.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { expireDueGrants } from '../../src/usecases/entitlements/expire-due-grants.ts'
import { grantEntitlement } from '../../src/usecases/entitlements/grant-entitlement.ts'
import { revokeGrants } from '../../src/usecases/entitlements/revoke-grants.ts'
import { buy } from '../support/demo.ts'
import { accessOf, eventsOf, lifeOf } from '../support/history.ts'
import { newShopPerStory } from '../support/story.ts'
import { configureUsage, consumeAs, usedBy } from '../support/usage.ts'

const START = Date.parse('2026-01-31T10:00:00Z')
const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const shop = newShopPerStory(START)

const life = (user: string) => lifeOf(shop, shop.demo.projectId, user)
const access = (user: string) => accessOf(shop, shop.demo.projectId, user)
/** Makes an id known, as the first look at it does. */
const known = (appUserId: string) => getCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId, touch: false })
const find = (user: string) => shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, user)

function grant(appUserId: string, terms: Partial<GrantTerms>, entitlement = 'pro') {
  const all = { endsAt: null, duration: null, startsAt: null, ...terms }
  return grantEntitlement(shop.ctx, { projectId: shop.demo.projectId, appUserId, entitlement, terms: all, by: 'key1' })
}
const revoke = (appUserId: string, entitlement = 'pro') =>
  revokeGrants(shop.ctx, { projectId: shop.demo.projectId, appUserId, entitlement })

async function liveUntil(time: string): Promise<number> {
  shop.clock.set(Date.parse(time))
  return (await expireDueGrants(shop.ctx)).done
}

describe('the life of a grant', () => {
  test('is told when it begins and when it ends, each once, however many workers look', async () => {
    await known('anna')
    expect(await grant('anna', { duration: 'weekly' })).toMatchObject({ ok: true })
    expect(await access('anna')).toEqual({ pro: '2026-02-07T10:00:00.000Z' })
    expect(await liveUntil('2026-02-07T09:59:59.999Z')).toBe(0)
    expect(await life('anna')).toEqual(['NON_RENEWING_PURCHASE'])
    shop.clock.set(Date.parse('2026-02-07T10:00:00Z'))
    const workers = await Promise.all([1, 2, 3].map(() => expireDueGrants(shop.ctx)))
    expect(workers.reduce((sum, { done }) => sum + done, 0)).toBe(1)
    expect(await liveUntil('2026-03-07T10:00:00Z')).toBe(0)
    expect(await life('anna')).toEqual(['NON_RENEWING_PURCHASE', 'EXPIRATION'])
    const [began, ended] = await eventsOf(shop, shop.demo.projectId, 'anna')
    expect(began?.data).toMatchObject({
      store: 'promotional',
      storeProductId: 'rc_promo_pro_weekly',
      grantedEntitlement: 'pro',
      appId: null,
      environment: 'production',
      expiresAt: Date.parse('2026-02-07T10:00:00Z'),
    })
    expect(ended?.data).toMatchObject({ reason: 'DEVELOPER_INITIATED', purchaseId: began?.data.purchaseId })
    expect(await access('anna')).toEqual({})
  })

  test('ends at once when it is taken back: cancelled and then over, in this order and once', async () => {
    await known('anna')
    await grant('anna', { duration: 'lifetime' })
    await grant('anna', { endsAt: START + DAY_MS })
    await liveUntil('2026-01-31T12:00:00Z')
    expect(await revoke('anna')).toMatchObject({ ok: true })
    const told = ['NON_RENEWING_PURCHASE', 'NON_RENEWING_PURCHASE', 'CANCELLATION', 'EXPIRATION', 'CANCELLATION']
    expect(await life('anna')).toEqual([...told, 'EXPIRATION'])
    expect(await access('anna')).toEqual({})
    const revision = (await find('anna'))?.revision
    expect(await revoke('anna')).toMatchObject({ value: { revision } })
    expect(await liveUntil('2027-01-01T00:00:00Z')).toBe(0)
    expect(await life('anna')).toHaveLength(6)
  })

  test('is announced to apps as a change of access, which a repeated request is not', async () => {
    await known('anna')
    const changesOf = async (work: () => Promise<unknown>) => {
      const before = shop.changes.length
      await work()
      return shop.changes.slice(before).map(({ kinds, cause }) => [...kinds, cause])
    }
    expect(await changesOf(() => grant('anna', { duration: 'daily' }))).toEqual([['entitlements', 'grant']])
    shop.clock.advance(60_000)
    expect(await changesOf(() => grant('anna', { duration: 'daily' }))).toEqual([])
    expect(await changesOf(() => revoke('anna'))).toEqual([['entitlements', 'grant_revoked']])
  })

  test('runs beside what was bought: the later end counts, and taking the grant back leaves the purchase', async () => {
    await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
    await grant('anna', { duration: 'daily' })
    expect(await access('anna')).toEqual({ pro: '2026-02-28T10:00:00.000Z' })
    await grant('anna', { duration: 'yearly' })
    expect(await access('anna')).toEqual({ pro: '2027-01-31T10:00:00.000Z' })
    await revoke('anna')
    expect(await access('anna')).toEqual({ pro: '2026-02-28T10:00:00.000Z' })
  })
})

test('nothing is granted to somebody unknown, nor an entitlement that the project does not have', async () => {
  expect(await grant('nobody', { duration: 'daily' })).toEqual({ ok: false, refusal: { code: 'customer_unknown' } })
  expect(await revoke('nobody')).toEqual({ ok: false, refusal: { code: 'customer_unknown' } })
  expect(await find('nobody')).toBeNull()
  await known('anna')
  const refusal = { code: 'entitlement_unknown', entitlement: 'Pro' }
  expect(await grant('anna', { duration: 'daily' }, 'Pro')).toEqual({ ok: false, refusal })
  expect(await revoke('anna', 'Pro')).toEqual({ ok: false, refusal })
})

test('a log-in takes the grants of both along; their end is told of the one who goes on', async () => {
  await known(PHONE)
  await grant(PHONE, { duration: 'weekly' })
  await known('anna')
  await grant('anna', { duration: 'daily' })
  await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
  expect(await access('anna')).toEqual({ pro: '2026-02-07T10:00:00.000Z' })
  expect(await liveUntil('2026-02-08T00:00:00Z')).toBe(2)
  expect((await life('anna')).filter((type) => type === 'EXPIRATION')).toHaveLength(2)
})

test('a transferred purchase leaves the grants of its owner where they are', async () => {
  const token = `test_${shop.clock.now()}_6f9d1c3e-1111-4222-8333-444455556666`
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly', token)
  await grant('anna', { duration: 'daily' })
  await buy(shop.ctx, shop.demo, 'ben', 'pro_monthly', token)
  expect(await access('anna')).toEqual({ pro: '2026-02-01T10:00:00.000Z' })
  expect(await access('ben')).toEqual({ pro: '2026-02-28T10:00:00.000Z' })
})

test('a granted entitlement opens its tier of usage while it runs, alone and in a group of writes', async () => {
  await configureUsage(shop.ctx, shop.demo.projectId, {
    meters: [],
    actions: [{ id: 'ask', cost: { credits: 1 } }],
    tiers: [
      { id: 'free', default: true, caps: { credits: 1 } },
      { id: 'pro', entitlements: ['pro'], caps: { credits: 30 } },
    ],
  })
  await known('anna')
  await known('ben')
  await grant('anna', { duration: 'daily' })
  const ask = (user: string) => consumeAs(shop.ctx, shop.demo.projectId, user, 'ask')
  const asked = await Promise.all(Array.from({ length: 20 }, () => [ask('anna'), ask('ben')]).flat())
  expect(asked.filter(({ ok }) => ok)).toHaveLength(21)
  expect(await usedBy(shop.ctx, shop.demo.projectId, 'anna')).toMatchObject({ tier: 'pro', credits: 20 })
  shop.clock.advance(DAY_MS)
  expect(await usedBy(shop.ctx, shop.demo.projectId, 'anna')).toMatchObject({ tier: 'free' })
})

test('two months of daily grants leaves few rows, and every one was told', async () => {
  await known('anna')
  for (let day = 0; day < 60; day++) {
    await grant('anna', { duration: 'daily' })
    shop.clock.advance(DAY_MS)
    await expireDueGrants(shop.ctx)
  }
  const customer = await find('anna')
  const kept = customer === null ? [] : await shop.ctx.read.entitlementGrants.ofCustomer(customer)
  expect(kept).toHaveLength(1)
  expect(await life('anna')).toHaveLength(120)
})
