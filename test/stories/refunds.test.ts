import { describe, expect, test } from 'vitest'
import { decideCurrency } from '../support/currency-policy.ts'
import { letGrantsLapse } from '../support/lapsing-grants.ts'
import { refundShop } from '../support/refund-shop.ts'
import { newShopPerStory } from '../support/story.ts'

const PERIOD_END = Date.parse('2026-02-28T10:00:00Z')
const THIRD_MICROS = 3_330_000

const shop = newShopPerStory()
const anna = refundShop(shop)

const policy = (debtPolicy: 'clamp' | 'debt' | 'block') => decideCurrency(shop.ctx, shop.demo.projectId, { debtPolicy })

describe('500 credits are bought, and the purchase is refunded', () => {
  test.each([
    ['clamp', 0, { balance: 0, owed: 0 }, 500],
    ['debt', 0, { balance: 0, owed: 0 }, 500],
    ['block', 0, { balance: 0, owed: 0 }, 500],
    ['clamp', 250, { balance: 0, owed: 0 }, 500],
    ['debt', 250, { balance: 0, owed: 250 }, 250],
    ['block', 250, { balance: 250, owed: 0 }, 750],
    ['clamp', 500, { balance: 0, owed: 0 }, 500],
    ['debt', 500, { balance: 0, owed: 500 }, 0],
    ['block', 500, { balance: 0, owed: 0 }, 500],
  ] as const)('with "%s" after %d were spent: then %j, and %d after the next 500', async (how, spent, then, next) => {
    await policy(how)
    const purchase = await anna.buys('credits_500')
    if (spent > 0) await anna.spends(spent)
    await anna.isRefunded(purchase)
    expect(await anna.has()).toEqual(then)
    await anna.buys('credits_500')
    expect((await anna.has()).balance).toBe(next)
  })

  test('what she had from elsewhere pays for what she spent of it, and no more', async () => {
    const refunded = await anna.buys('credits_500')
    await anna.buys('credits_500')
    await anna.spends(300)
    await anna.isRefunded(refunded)
    expect(await anna.has()).toEqual({ balance: 200, owed: 0 })
  })
})

describe('a third of a subscription that granted 500 is refunded', () => {
  test.each([
    [0, { balance: 0, owed: 0 }],
    [333, { balance: 0, owed: 333 }],
  ])('and then all of it, after %d of the rest were spent: then %j', async (spent, then) => {
    await policy('debt')
    const purchase = await anna.buys('pro_monthly')
    await anna.isRefunded(purchase, THIRD_MICROS)
    if (spent > 0) await anna.spends(spent)
    await anna.isRefunded(purchase)
    expect(await anna.has()).toEqual(then)
  })

  test('takes 167 back, a third rounded up', async () => {
    const purchase = await anna.buys('pro_monthly')
    await anna.isRefunded(purchase, THIRD_MICROS)
    expect(await anna.has()).toEqual({ balance: 333, owed: 0 })
  })

  test.each([
    ['clamp', { balance: 0, owed: 0 }],
    ['debt', { balance: 0, owed: 67 }],
    ['block', { balance: 100, owed: 0 }],
  ] as const)('with "%s" when only 100 are left: then %j', async (how, then) => {
    await policy(how)
    const purchase = await anna.buys('pro_monthly')
    await anna.spends(400)
    await anna.isRefunded(purchase, THIRD_MICROS)
    expect(await anna.has()).toEqual(then)
  })
})

describe('a refund is withdrawn', () => {
  test('and the 380 that it took are hers again', async () => {
    const purchase = await anna.buys('pro_monthly')
    await anna.spends(120)
    await anna.isRefunded(purchase)
    expect(await anna.has()).toEqual({ balance: 0, owed: 0 })
    await anna.refundIsWithdrawn(purchase)
    expect(await anna.has()).toEqual({ balance: 380, owed: 0 })
  })

  test('and the 300 that she owed for it are forgiven', async () => {
    await policy('debt')
    const purchase = await anna.buys('pro_monthly')
    await anna.spends(300)
    await anna.isRefunded(purchase)
    expect(await anna.has()).toEqual({ balance: 0, owed: 300 })
    await anna.refundIsWithdrawn(purchase)
    expect(await anna.has()).toEqual({ balance: 200, owed: 0 })
  })

  test('and the 300 that she has paid for it meanwhile come back: in the end she has what she bought less what she spent', async () => {
    await policy('debt')
    const purchase = await anna.buys('pro_monthly')
    await anna.spends(300)
    await anna.isRefunded(purchase)
    await anna.buys('credits_500')
    expect(await anna.has()).toEqual({ balance: 200, owed: 0 })
    await anna.refundIsWithdrawn(purchase)
    expect(await anna.has()).toEqual({ balance: 500 + 500 - 300, owed: 0 })
  })

  test('and a second refund takes it all again', async () => {
    await policy('debt')
    const purchase = await anna.buys('pro_monthly')
    await anna.spends(300)
    await anna.isRefunded(purchase)
    await anna.refundIsWithdrawn(purchase)
    await anna.isRefunded(purchase)
    expect(await anna.has()).toEqual({ balance: 0, owed: 300 })
  })
})

describe('the 500 of a period lapse before its refund is known', () => {
  test.each([
    ['clamp', { balance: 400, owed: 0 }],
    ['debt', { balance: 400, owed: 0 }],
    ['block', { balance: 400, owed: 0 }],
  ] as const)(
    'with "%s" only the 100 that she spent are taken, and not the 400 that lapsed: then %j',
    async (how, then) => {
      await policy(how)
      await letGrantsLapse(shop, shop.demo.projectId)
      const purchase = await anna.buys('pro_monthly')
      await anna.spends(100)
      await anna.buys('credits_500')
      shop.clock.set(PERIOD_END)
      expect((await anna.has()).balance).toBe(500)
      await anna.isRefunded(purchase)
      expect(await anna.has()).toEqual(then)
    },
  )

  test('and she owes the 100 that she spent when she has nothing else', async () => {
    await policy('debt')
    await letGrantsLapse(shop, shop.demo.projectId)
    const purchase = await anna.buys('pro_monthly')
    await anna.spends(100)
    shop.clock.set(PERIOD_END)
    await anna.isRefunded(purchase)
    expect(await anna.has()).toEqual({ balance: 0, owed: 100 })
  })

  test('while it was refunded: a withdrawn refund makes nothing permanent', async () => {
    await letGrantsLapse(shop, shop.demo.projectId)
    const purchase = await anna.buys('pro_monthly')
    await anna.isRefunded(purchase)
    shop.clock.set(PERIOD_END)
    await anna.refundIsWithdrawn(purchase, { autoRenews: false })
    expect(await anna.has()).toEqual({ balance: 0, owed: 0 })
  })
})

describe('400 of 500 are held while the purchase is refunded', () => {
  test.each([
    ['clamp', { balance: 0, owed: 0 }, { balance: 400, owed: 0 }],
    ['debt', { balance: 0, owed: 400 }, { balance: 0, owed: 0 }],
    ['block', { balance: 100, owed: 0 }, { balance: 500, owed: 0 }],
  ] as const)('with "%s" then %j; and %j when the hold is released', async (how, then, released) => {
    await policy(how)
    const purchase = await anna.buys('credits_500')
    const hold = await anna.holds(400)
    await anna.isRefunded(purchase)
    expect(await anna.has()).toEqual(then)
    await anna.ends(hold, { kind: 'void' })
    expect(await anna.has()).toEqual(released)
  })

  test('the job that they are held for goes on, and what it did not use pays the debt', async () => {
    await policy('debt')
    const purchase = await anna.buys('credits_500')
    const hold = await anna.holds(400)
    await anna.isRefunded(purchase)
    await anna.ends(hold, { kind: 'capture', amount: 150, keepOpen: false })
    expect(await anna.has()).toEqual({ balance: 0, owed: 150 })
  })
})

describe('the store asks how much of a refunded purchase was consumed', () => {
  test('and its lots know: 180 of 500, though she had other credits too', async () => {
    const purchase = await anna.buys('credits_500')
    await anna.buys('credits_500')
    await anna.spends(180)
    expect(await anna.usesOf(purchase)).toEqual({ admin_adjust: 180 })
    await anna.isRefunded(purchase)
    expect(await anna.usesOf(purchase)).toEqual({ admin_adjust: 180, refund: 320 })
  })

  test('of a period that lapsed: 100 of 500 were consumed, 400 lapsed', async () => {
    await letGrantsLapse(shop, shop.demo.projectId)
    const purchase = await anna.buys('pro_monthly')
    await anna.spends(100)
    shop.clock.set(PERIOD_END)
    await anna.buys('credits_500')
    expect(await anna.usesOf(purchase)).toEqual({ admin_adjust: 100, expire: 400 })
  })
})
