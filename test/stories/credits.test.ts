import { expect, test } from 'vitest'
import { postReceipt } from '../../src/usecases/purchases/post-receipt.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { listBalances } from '../../src/usecases/wallet/list-balances.ts'
import { balanceOf, buy, newToken } from '../support/demo.ts'
import { eventsOf, lifeOf } from '../support/history.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()
const credits = (user: string) => balanceOf(shop.ctx, shop.demo.projectId, user)

function adjust(userId: string, amount: number) {
  return adjustBalance(shop.ctx, {
    projectId: shop.demo.projectId,
    userId,
    currency: 'CRD',
    amount,
    reason: 'ZD-1',
    idempotencyKey: null,
    actor: 'support',
    requestId: 'req1',
  })
}

test('credits bought three times are three purchases and 1,500 units, two of them in the same millisecond', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  shop.clock.advance(1_000)
  const { customer } = await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const purchases = await shop.ctx.read.purchases.ofCustomer(customer)
  expect(purchases).toHaveLength(3)
  expect(new Set(purchases.map((purchase) => purchase.purchasedAt)).size).toBe(2)
  expect(await credits('anna')).toBe(1_500)
  expect(await lifeOf(shop, shop.demo.projectId, 'anna')).toEqual(Array(3).fill('NON_RENEWING_PURCHASE'))
})

test('two purchases that arrive at the same moment both count', async () => {
  await Promise.all([
    buy(shop.ctx, shop.demo, 'ben', 'credits_500'),
    buy(shop.ctx, shop.demo, 'ben', 'credits_500'),
    buy(shop.ctx, shop.demo, 'ben', 'pro_monthly'),
  ])
  expect(await credits('ben')).toBe(1_500)
})

test('a full wallet still takes a paid purchase: what does not fit is booked where it can be seen', async () => {
  await buy(shop.ctx, shop.demo, 'cleo', 'credits_500')
  expect(await adjust('cleo', 1_999_999_400)).toMatchObject({ ok: true })
  await buy(shop.ctx, shop.demo, 'cleo', 'credits_500')
  expect(await credits('cleo')).toBe(2_000_000_000)
  expect(await adjust('cleo', -1)).toMatchObject({ value: { adjusted: { balance: 1_999_999_999 } } })
})

test('every change of a balance is told once, with its amount and the charge that caused it', async () => {
  const token = newToken(shop.ctx)
  const { purchase } = await buy(shop.ctx, shop.demo, 'dora', 'credits_500', token)
  await adjust('dora', -120)
  const told = (await eventsOf(shop, shop.demo.projectId, 'dora')).filter(
    (event) => event.type === 'VIRTUAL_CURRENCY_TRANSACTION',
  )
  expect(told.map((event) => event.data)).toMatchObject([
    {
      source: 'in_app_purchase',
      purchaseId: purchase.purchaseId,
      storeTransactionId: token,
      adjustments: [{ currency: 'CRD', amount: 500 }],
    },
    { source: 'admin_api', adjustments: [{ currency: 'CRD', amount: -120 }] },
  ])
})

test('all currencies are listed with a balance, also for somebody who never had any', async () => {
  const ask = (appUserId: string) => listBalances(shop.ctx, { projectId: shop.demo.projectId, appUserId })
  expect(await ask('nobody')).toEqual({ ok: false, refusal: { code: 'customer_not_found' } })
  await buy(shop.ctx, shop.demo, 'emil', 'pro_annual')
  expect(await ask('emil')).toMatchObject({
    ok: true,
    value: { balances: [{ currency: { code: 'CRD' }, balance: 0 }] },
  })
})

test('a purchase made while the store is away is kept by the device, and counts when the same token is posted again', async () => {
  const token = newToken(shop.ctx)
  const post = (isAway: boolean) =>
    postReceipt(isAway ? { ...shop.ctx, stores: awayStores } : shop.ctx, {
      project: shop.demo.project,
      app: shop.demo.app,
      appUserId: 'fred',
      fetchToken: token,
      storeProductId: 'credits_500',
      presentedOffering: null,
    })
  const awayStores: typeof shop.ctx.stores = (store) => {
    const adapter = shop.ctx.stores(store)
    const refusal = { code: 'store_unavailable', problem: 'the store does not answer' } as const
    return adapter && { ...adapter, verify: async () => ({ ok: false, refusal }) }
  }
  expect(await post(true)).toMatchObject({ ok: false, refusal: { code: 'store_unavailable' } })
  expect(await credits('fred')).toBe(0)
  expect(await post(false)).toMatchObject({ ok: true })
  expect(await credits('fred')).toBe(500)
})

test('a refused receipt leaves no trace', async () => {
  const receipt = {
    project: shop.demo.project,
    app: shop.demo.app,
    appUserId: 'gina',
    fetchToken: newToken(shop.ctx),
    storeProductId: 'no_such_product',
    presentedOffering: null,
  }
  expect(await postReceipt(shop.ctx, receipt)).toMatchObject({ refusal: { code: 'product_unknown' } })
  expect(await postReceipt(shop.ctx, { ...receipt, fetchToken: 'test_forged' })).toMatchObject({
    refusal: { code: 'receipt_invalid' },
  })
  const elsewhere = { ...shop.demo.app, store: 'play_store' as const }
  expect(await postReceipt(shop.ctx, { ...receipt, app: elsewhere })).toMatchObject({
    refusal: { code: 'store_unsupported', store: 'play_store' },
  })
  expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'gina')).toBeNull()
})
