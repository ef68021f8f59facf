import { expect, test } from 'vitest'
import type { StoreAction, TesterAction } from '../../../src/usecases/ports/stores.ts'
import { performStoreAction } from '../../../src/usecases/purchases/perform-store-action.ts'
import { buy } from '../../support/demo.ts'
import { accessOf, dateOf, eventsOf, lifeOf } from '../../support/history.ts'
import { letStoreSay } from '../../support/refund.ts'
import { runDue } from '../../support/run-due.ts'
import { newShopPerStory } from '../../support/story.ts'

/** Guarantee: what goes wrong in the lives of subscriptions elsewhere does not here. The Test Store plays the store. */
const shop = newShopPerStory()

const DAY_MS = 86_400_000
const MONTH_END = Date.parse('2026-02-28T10:00:00Z')
const ANNA = 'anna'

async function buys(productId = 'pro_monthly', user = ANNA) {
  return (await buy(shop.ctx, shop.demo, user, productId)).purchase
}

/** Has the Test Store do something to anna's subscription, a second later. */
async function does(action: StoreAction | TesterAction, storeProductId = 'pro_monthly'): Promise<void> {
  shop.clock.advance(1_000)
  const { projectId } = shop.demo
  const done = await performStoreAction(shop.ctx, { projectId, appUserId: ANNA, target: { storeProductId }, action })
  if (!done.ok) throw new Error(JSON.stringify(done.refusal))
}

/** Lets time pass, and the worker look after what is due then. */
async function passes(to: number): Promise<void> {
  shop.clock.set(to)
  await runDue(shop.ctx)
}

const access = async (user = ANNA) => (await accessOf(shop, shop.demo.projectId, user)).pro
const life = () => lifeOf(shop, shop.demo.projectId, ANNA)
const events = () => eventsOf(shop, shop.demo.projectId, ANNA)
const current = async () => {
  const customer = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, ANNA)
  const [purchase] = customer === null ? [] : await shop.ctx.read.purchases.ofCustomer(customer)
  if (purchase === undefined) throw new Error('anna has bought nothing')
  return purchase
}

test('trap 14: the end of family sharing moves no money, and the buyer keeps what they have', async () => {
  await buys('pro_monthly', 'bert')
  const { purchaseId } = await buys()
  shop.clock.advance(1_000)
  const shared = { projectId: shop.demo.projectId, appUserId: ANNA, purchaseId }
  await letStoreSay(shop.ctx, shared, { ownership: 'FAMILY_SHARED' })
  await does({ kind: 'end_family_sharing' })
  expect(await access()).toBeUndefined()
  expect(await access('bert')).toBe(dateOf(MONTH_END))
  const ended = (await events()).filter(({ type }) => type === 'CANCELLATION' || type === 'EXPIRATION')
  expect(ended.map(({ type, data }) => [type, data.reason, data.isFamilyShare])).toEqual([
    ['CANCELLATION', 'UNKNOWN', true],
    ['EXPIRATION', 'UNKNOWN', true],
  ])
  const prices = (await events()).map(({ data }) => (data.price as { amountMicros: number } | null)?.amountMicros ?? 0)
  expect(Math.min(...prices)).toBeGreaterThanOrEqual(0)
  expect((await current()).refundedAt).toBeNull()
})

test('trap 15: who subscribes again on the same chain renews, and does not buy for the first time again', async () => {
  await buys()
  await does({ kind: 'unsubscribe' })
  await passes(MONTH_END)
  await does({ kind: 'renew' })
  expect(await life()).toEqual(['INITIAL_PURCHASE', 'CANCELLATION', 'EXPIRATION', 'RENEWAL'])
  expect((await current()).originalPurchasedAt).toBeLessThan((await current()).purchasedAt)
})

test('trap 16: the charge that an upgrade replaces is no refund', async () => {
  await buys()
  await does({ kind: 'change_product', storeProductId: 'pro_annual', isAtRenewal: false })
  expect(await life()).toEqual(['INITIAL_PURCHASE', 'PRODUCT_CHANGE', 'RENEWAL'])
  const { refundedAt, formerProducts } = await current()
  expect(refundedAt).toBeNull()
  expect(formerProducts).toHaveLength(1)
})

test('trap 17: a refund of an older period leaves access', async () => {
  const { storeTransactionId } = await buys()
  await passes(MONTH_END)
  const before = await access()
  await does({ kind: 'refund', storeTransactionId })
  expect(await access()).toBe(before)
  expect((await current()).refundedAt).toBeNull()
  expect(await life()).not.toContain('EXPIRATION')
})

test('trap 18: what was given back and renews all the same gives access with the new period', async () => {
  await buys()
  await does({ kind: 'refund_latest' })
  expect(await access()).toBeUndefined()
  await does({ kind: 'renew' })
  expect(await access()).toBeDefined()
  expect((await current()).refundedAt).toBeNull()
})

test('trap 19: a refund that is reversed gives access again', async () => {
  await buys()
  const before = await access()
  await does({ kind: 'refund_latest' })
  expect(await access()).toBeUndefined()
  await does({ kind: 'reverse_refund' })
  expect(await access()).toBe(before)
  expect((await life()).at(-1)).toBe('REFUND_REVERSED')
})

test('trap 20: an extension moves the end and is told', async () => {
  await buys()
  await does({ kind: 'extend', days: 3, reasonCode: 3 })
  expect(await access()).toBe(dateOf(MONTH_END + 3 * DAY_MS))
  expect(await life()).toEqual(['INITIAL_PURCHASE', 'SUBSCRIPTION_EXTENDED'])
})

test('trap 26: a product that comes with the next renewal is not shown before', async () => {
  const { productId } = await buys()
  await does({ kind: 'change_product', storeProductId: 'pro_annual', isAtRenewal: true })
  expect((await current()).productId).toBe(productId)
  expect(await access()).toBe(dateOf(MONTH_END))
  await passes(MONTH_END)
  expect((await current()).productId).not.toBe(productId)
  expect(await life()).toEqual(['INITIAL_PURCHASE', 'PRODUCT_CHANGE', 'RENEWAL'])
})

test('trap 46: the reason for a cancellation goes with it', async () => {
  await buys()
  await does({ kind: 'unsubscribe' })
  expect((await current()).cancelReason).toBe('UNSUBSCRIBE')
  await does({ kind: 'uncancel' })
  expect(await current()).toMatchObject({ cancelReason: null, unsubscribeDetectedAt: null })
  await does({ kind: 'fail_billing', graceDays: 0 })
  const ended = (await events()).filter(({ type }) => type === 'EXPIRATION')
  expect(ended.map(({ data }) => data.reason)).toEqual(['BILLING_ERROR'])
  await does({ kind: 'renew' })
  expect(await current()).toMatchObject({ cancelReason: null, billingIssueDetectedAt: null, graceExpiresAt: null })
})

test('trap 47: while a charge fails access ends with the grace, whoever asks or does not', async () => {
  await buys()
  await does({ kind: 'fail_billing', graceDays: 3 })
  const graceEndsAt = shop.clock.now() + 3 * DAY_MS
  expect(await access()).toBe(dateOf(graceEndsAt))
  shop.clock.set(graceEndsAt)
  expect(await access()).toBeUndefined()
  await runDue(shop.ctx)
  expect(await life()).toEqual(['INITIAL_PURCHASE', 'BILLING_ISSUE', 'CANCELLATION', 'EXPIRATION'])
})
