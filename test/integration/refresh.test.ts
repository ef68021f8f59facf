import { expect, test } from 'vitest'
import { MINUTE_MS } from '../../src/core/lib/clock.ts'
import type { Ctx, DuePurchase, StoreAdapter } from '../../src/usecases/ports.ts'
import { performStoreAction } from '../../src/usecases/purchases/perform-store-action.ts'
import { refreshDuePurchases } from '../../src/usecases/purchases/refresh-due-purchases.ts'
import { refreshPurchase } from '../../src/usecases/purchases/refresh-purchase.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { lifeOf } from '../support/history.ts'
import { runDue } from '../support/run-due.ts'
import { addTrialProduct } from '../support/shop.ts'
import { newShopPerStory } from '../support/story.ts'

const END = Date.parse('2026-02-28T10:00:00Z')
const shop = newShopPerStory()

/** The use cases with another refresh of the Test Store. */
function withRefresh(refresh: (genuine: StoreAdapter) => StoreAdapter['refresh']): Ctx {
  const stores: Ctx['stores'] = (store) => {
    const genuine = shop.ctx.stores(store)
    return genuine && { ...genuine, refresh: refresh(genuine) }
  }
  return { ...shop.ctx, stores }
}

async function duePurchase(): Promise<DuePurchase> {
  const [due] = await shop.ctx.read.purchases.due('test_store', END, 1)
  if (due === undefined) throw new Error('nothing is due')
  return due
}

const life = () => lifeOf(shop, shop.demo.projectId, 'anna')
const credits = () => balanceOf(shop.ctx, shop.demo.projectId, 'anna')

test('a store that does not answer is asked again later, and the worker neither spins on it nor forgets it', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  shop.clock.set(END)
  const refusal = { code: 'store_unavailable', problem: 'no answer' } as const
  const down = withRefresh(() => async () => ({ ok: false, refusal }))
  expect(await refreshPurchase(down, await duePurchase())).toBe('postponed')
  expect(await refreshDuePurchases(down)).toEqual({ done: 0, more: false })
  await runDue(shop.ctx)
  expect(await life()).toEqual(['INITIAL_PURCHASE'])
  shop.clock.advance(2 * MINUTE_MS)
  await runDue(shop.ctx)
  expect(await life()).toEqual(['INITIAL_PURCHASE', 'RENEWAL'])
})

test('one renewal that many workers see at once is charged and given once', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  shop.clock.set(END)
  const due = await duePurchase()
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => refreshPurchase(shop.ctx, due)))
  expect(outcomes.filter((outcome) => outcome === 'changed')).toHaveLength(1)
  expect(await life()).toEqual(['INITIAL_PURCHASE', 'RENEWAL'])
  expect(await credits()).toBe(1_000)
})

test('a worker that comes too late changes nothing, not even the revision', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  shop.clock.set(END)
  const due = await duePurchase()
  await runDue(shop.ctx)
  const before = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
  expect(await refreshPurchase(shop.ctx, due)).toBe('unchanged')
  expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')).toEqual(before)
})

test('an answer about a subscription that was stopped meanwhile is not applied: it must not renew after all', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  const due = await duePurchase()
  shop.clock.set(END)
  const slow = withRefresh((genuine) => async (question) => {
    const answer = await genuine.refresh(question)
    // A process whose clock is a moment behind: for it the period has not ended yet.
    shop.clock.set(END - 1)
    await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
    shop.clock.set(END)
    return answer
  })
  expect(await refreshPurchase(slow, due)).toBe('overtaken')
  await runDue(shop.ctx)
  expect(await life()).toEqual(['INITIAL_PURCHASE', 'CANCELLATION', 'INITIAL_PURCHASE', 'EXPIRATION'])
  expect(await credits()).toBe(1_000)
})

test('a purchase that moved to another customer while the store was asked is looked after there', async () => {
  const { purchase } = await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  shop.clock.set(END)
  const moving = withRefresh((genuine) => async (question) => {
    // Else the receipt itself would have the store asked, and the renewal be anna's.
    shop.clock.set(END - 1)
    await buy(shop.ctx, shop.demo, 'ben', 'pro_monthly', purchase.storePurchaseId)
    shop.clock.set(END)
    return genuine.refresh(question)
  })
  expect(await refreshPurchase(moving, await duePurchase())).toBe('overtaken')
  await runDue(shop.ctx)
  expect(await lifeOf(shop, shop.demo.projectId, 'ben')).toEqual(['TRANSFER', 'RENEWAL'])
  expect(await credits()).toBe(500)
})

test('a batch is bounded, and says when more is waiting', async () => {
  for (let count = 0; count < 3; count++) await buy(shop.ctx, shop.demo, `person-${count}`, 'pro_monthly')
  shop.clock.set(END)
  expect(await shop.ctx.read.purchases.due('test_store', END, 2)).toHaveLength(2)
  expect(await refreshDuePurchases(shop.ctx)).toEqual({ done: 3, more: false })
})

test('who buys again while the worker is late has been charged for the period that began meanwhile', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  shop.clock.set(END + MINUTE_MS)
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  expect(await life()).toEqual(['INITIAL_PURCHASE', 'RENEWAL', 'CANCELLATION', 'INITIAL_PURCHASE'])
  expect(await credits()).toBe(1_500)
})

test('a product that a subscription was changed from is no new one: no second trial', async () => {
  await addTrialProduct(shop.ctx, shop.demo)
  const { projectId } = shop.demo
  const { purchase } = await buy(shop.ctx, shop.demo, 'anna', 'plus_monthly')
  expect(purchase.periodType).toBe('trial')
  const target = { storeTransactionId: purchase.storeTransactionId }
  const action = { kind: 'change_product', storeProductId: 'pro_annual', isAtRenewal: false } as const
  const changed = await performStoreAction(shop.ctx, { projectId, appUserId: 'anna', target, action })
  expect(changed.ok).toBe(true)
  expect((await buy(shop.ctx, shop.demo, 'anna', 'plus_monthly')).purchase.periodType).toBe('normal')
})
