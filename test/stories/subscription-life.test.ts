import { expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { accessOf, dateOf, eventsOf, lifeOf } from '../support/history.ts'
import { runDue } from '../support/run-due.ts'
import { addTrialProduct, limitRenewals } from '../support/shop.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory(Date.parse('2026-01-24T10:00:00Z'))

/** Lets time come, with the worker running, as a server that is never down. */
async function liveUntil(day: string): Promise<void> {
  shop.clock.set(Date.parse(`${day}T10:00:00Z`))
  await runDue(shop.ctx)
}

const credits = (user: string) => balanceOf(shop.ctx, shop.demo.projectId, user)
const life = (user: string) => lifeOf(shop, shop.demo.projectId, user)
const access = (user: string) => accessOf(shop, shop.demo.projectId, user)
const events = (user: string) => eventsOf(shop, shop.demo.projectId, user)

test('a trial converts on 31 January and renews at the end of every month, each paid period giving its credits', async () => {
  await addTrialProduct(shop.ctx, shop.demo)
  const { purchase } = await buy(shop.ctx, shop.demo, 'anna', 'plus_monthly')
  expect(purchase).toMatchObject({ periodType: 'trial', price: { amountMicros: 0 } })
  expect(await credits('anna')).toBe(50)
  await liveUntil('2026-01-30')
  expect(await life('anna')).toEqual(['INITIAL_PURCHASE'])

  const ends = ['2026-01-31', '2026-02-28', '2026-03-31', '2026-04-30', '2026-05-31']
  for (const [month, end] of ends.entries()) {
    expect(await access('anna')).toEqual({ plus: `${end}T10:00:00.000Z` })
    await liveUntil(end)
    expect(await credits('anna')).toBe(50 + 500 * (month + 1))
  }
  expect(await life('anna')).toEqual(['INITIAL_PURCHASE', ...ends.map(() => 'RENEWAL')])
  const renewals = (await events('anna')).filter((event) => event.type === 'RENEWAL')
  expect(renewals.map((event) => event.data.isTrialConversion)).toEqual([true, false, false, false, false])
  expect(renewals.map((event) => event.data.renewalNumber)).toEqual([2, 3, 4, 5, 6])
  expect(renewals.map((event) => dateOf(event.data.purchasedAt as number)?.slice(0, 10))).toEqual(ends)
})

test('a subscription whose renewals are limited is cancelled and expires, each told exactly once', async () => {
  await limitRenewals(shop.ctx, shop.demo, 2)
  await buy(shop.ctx, shop.demo, 'ben', 'pro_monthly')
  await liveUntil('2026-02-24')
  await liveUntil('2026-03-24')
  expect(await access('ben')).toEqual({ pro: '2026-04-24T10:00:00.000Z' })
  await liveUntil('2026-04-24')
  await liveUntil('2026-09-01')
  expect(await life('ben')).toEqual(['INITIAL_PURCHASE', 'RENEWAL', 'RENEWAL', 'CANCELLATION', 'EXPIRATION'])
  expect(await access('ben')).toEqual({})
  expect(await credits('ben')).toBe(1_500)
  expect(await shop.ctx.read.purchases.due('test_store', shop.clock.now() + 999 * DAY_MS, 10)).toEqual([])
})

test('whoever comes back after the end begins a new chain: an initial purchase, no second trial, one chain that renews', async () => {
  await addTrialProduct(shop.ctx, shop.demo)
  await limitRenewals(shop.ctx, shop.demo, 0)
  const first = await buy(shop.ctx, shop.demo, 'cleo', 'plus_monthly')
  await liveUntil('2026-02-10')
  expect(await life('cleo')).toEqual(['INITIAL_PURCHASE', 'CANCELLATION', 'EXPIRATION'])

  await limitRenewals(shop.ctx, shop.demo, null)
  const second = await buy(shop.ctx, shop.demo, 'cleo', 'plus_monthly')
  expect(second.purchase).toMatchObject({ periodType: 'normal', price: { amountMicros: 4_990_000 } })
  expect(second.purchase.purchaseId).not.toBe(first.purchase.purchaseId)
  await liveUntil('2026-03-10')
  expect((await life('cleo')).slice(3)).toEqual(['INITIAL_PURCHASE', 'RENEWAL'])
  expect(await credits('cleo')).toBe(50 + 500 + 500)
  const chains = await shop.ctx.read.purchases.ofCustomer(second.customer)
  expect(chains.map((chain) => chain.autoRenews)).toEqual([false, true])
})

test('buying a running subscription again stops the renewal of the earlier one, and leaves what is paid', async () => {
  await buy(shop.ctx, shop.demo, 'dora', 'pro_monthly')
  await liveUntil('2026-02-04')
  const { customer } = await buy(shop.ctx, shop.demo, 'dora', 'pro_monthly')
  expect(await life('dora')).toEqual(['INITIAL_PURCHASE', 'CANCELLATION', 'INITIAL_PURCHASE'])
  expect(await credits('dora')).toBe(1_000)
  const chains = await shop.ctx.read.purchases.ofCustomer(customer)
  expect(chains.map(({ autoRenews, expiresAt }) => [autoRenews, dateOf(expiresAt)?.slice(0, 10)])).toEqual([
    [false, '2026-02-24'],
    [true, '2026-03-04'],
  ])
  await liveUntil('2026-04-04')
  expect((await life('dora')).slice(3)).toEqual(['EXPIRATION', 'RENEWAL', 'RENEWAL'])
  expect(await credits('dora')).toBe(2_000)
  expect(await access('dora')).toEqual({ pro: '2026-05-04T10:00:00.000Z' })
})

test('an entitlement that a monthly and an annual subscription give survives the end of the monthly one', async () => {
  await limitRenewals(shop.ctx, shop.demo, 0)
  await buy(shop.ctx, shop.demo, 'emil', 'pro_monthly')
  await buy(shop.ctx, shop.demo, 'emil', 'pro_annual')
  await liveUntil('2026-03-01')
  const ended = (await events('emil')).filter((event) => event.type === 'EXPIRATION')
  expect(ended).toHaveLength(1)
  expect(await access('emil')).toEqual({ pro: '2027-01-24T10:00:00.000Z' })
})

test('after three months of standstill every renewal is made up for, once, however many workers wake up', async () => {
  await buy(shop.ctx, shop.demo, 'fred', 'pro_monthly')
  shop.clock.set(Date.parse('2026-05-01T00:00:00Z'))
  await Promise.all([runDue(shop.ctx), runDue(shop.ctx), runDue(shop.ctx)])
  expect(await life('fred')).toEqual(['INITIAL_PURCHASE', 'RENEWAL', 'RENEWAL', 'RENEWAL'])
  expect(await credits('fred')).toBe(2_000)
  expect(await access('fred')).toEqual({ pro: '2026-05-24T10:00:00.000Z' })
})

test('at the accelerated pace a day of standstill is hundreds of renewals, all made up for in bounded steps', async () => {
  await shop.ctx.transaction(async (tx) => {
    await tx.projects.updateTestStore(shop.demo.projectId, { testStorePace: 'accelerated', testStoreMaxRenewals: null })
    return { ok: true, value: null }
  })
  await buy(shop.ctx, shop.demo, 'gina', 'pro_monthly')
  shop.clock.advance(DAY_MS)
  await runDue(shop.ctx)
  expect(await credits('gina')).toBe(500 * (1 + (24 * 60) / 5))
})
