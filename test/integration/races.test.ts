import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { transactionRunner } from '../../src/db/transaction.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { adminApi } from '../support/admin-api.ts'
import { balanceOf, buy, newToken } from '../support/demo.ts'
import { accessOf, lifeOf } from '../support/history.ts'
import { openOtherProcess } from '../support/other-process.ts'
import { newShopPerStory } from '../support/story.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const TABLET = '$RCAnonymousID:00000000000000000000000000000002'

const shop = newShopPerStory()

const credits = (user: string) => balanceOf(shop.ctx, shop.demo.projectId, user)
const times = <Value>(count: number, work: (index: number) => Promise<Value>) =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)))

function logIn(appUserId: string, newAppUserId: string) {
  return identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId, newAppUserId })
}

function adjust(userId: string, amount: number) {
  const order = {
    projectId: shop.demo.projectId,
    userId,
    currency: 'CRD',
    amount,
    reason: 'ZD-1',
    idempotencyKey: null,
  }
  return adjustBalance(shop.ctx, { ...order, actor: 'support', requestId: 'req1' })
}

describe('the same receipt at the same moment', () => {
  test('twenty times by one customer is one purchase and its units once, and everybody gets the same answer', async () => {
    const token = newToken(shop.ctx)
    const answers = await times(20, () => buy(shop.ctx, shop.demo, 'anna', 'credits_500', token))
    expect(new Set(answers.map((answer) => answer.purchase.purchaseId)).size).toBe(1)
    expect(await credits('anna')).toBe(500)
    expect(await lifeOf(shop, shop.demo.projectId, 'anna')).toEqual(['NON_RENEWING_PURCHASE'])
  })

  test('by start and purchase of an app, under the anonymous id and the one that it just logged in to', async () => {
    const token = newToken(shop.ctx)
    await Promise.all([
      buy(shop.ctx, shop.demo, PHONE, 'pro_monthly', token),
      logIn(PHONE, 'anna'),
      buy(shop.ctx, shop.demo, 'anna', 'pro_monthly', token),
    ])
    expect(await accessOf(shop, shop.demo.projectId, 'anna')).toEqual({ pro: '2026-02-28T10:00:00.000Z' })
    expect((await credits('anna')) + (await distinctCredits(PHONE, 'anna'))).toBe(500)
  })

  test('by many people leaves one owner, and units with the one who was first', async () => {
    const token = newToken(shop.ctx)
    const people = Array.from({ length: 12 }, (_, index) => `person-${index}`)
    await times(12, (index) => buy(shop.ctx, shop.demo, people[index] ?? '', 'pro_monthly', token))
    const access = await Promise.all(people.map((who) => accessOf(shop, shop.demo.projectId, who)))
    expect(access.filter((held) => 'pro' in held)).toHaveLength(1)
    const units = await Promise.all(people.map(credits))
    expect(units.filter((amount) => amount > 0)).toEqual([500])
  })
})

/** Units of a name whose customer is not the same as that of another name. */
async function distinctCredits(appUserId: string, other: string): Promise<number> {
  const [one, two] = await Promise.all(
    [appUserId, other].map((name) => shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, name)),
  )
  return one?.customerId === two?.customerId ? 0 : credits(appUserId)
}

describe('a log-in', () => {
  test('while the app buys loses neither the purchase nor its units, whichever comes first', async () => {
    for (let round = 0; round < 10; round++) {
      const phone = `$RCAnonymousID:${round.toString(16).padStart(32, '0')}`
      const person = `person-${round}`
      await Promise.all([buy(shop.ctx, shop.demo, phone, 'credits_500'), logIn(phone, person)])
      expect(await credits(person)).toBe(500)
      expect(await credits(phone)).toBe(500)
    }
  })

  test('from two devices at once joins the first of them, and no second person comes into being', async () => {
    await Promise.all([logIn(PHONE, 'anna'), logIn(TABLET, 'anna'), logIn(PHONE, 'anna'), logIn(TABLET, 'anna')])
    const anna = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
    expect(anna && (await shop.ctx.read.customers.aliases(anna)).length).toBe(2)
  })

  test('says once that the person is new, however often it is repeated at the same moment', async () => {
    const answers = await times(8, () => logIn(PHONE, 'anna'))
    expect(answers.filter((answer) => answer.ok && answer.value.created)).toHaveLength(1)
  })
})

describe('adjustments while two customers become one', () => {
  test('lose no unit and make none, on whichever side they land', async () => {
    for (let round = 0; round < 5; round++) {
      const phone = `$RCAnonymousID:${round.toString(16).padStart(32, '0')}`
      const person = `person-${round}`
      await buy(shop.ctx, shop.demo, phone, 'credits_500')
      await buy(shop.ctx, shop.demo, person, 'credits_500')
      const answers = await Promise.all([
        ...Array.from({ length: 4 }, () => adjust(phone, -30)),
        logIn(phone, person),
        ...Array.from({ length: 4 }, () => adjust(person, 11)),
      ])
      expect(answers.every((answer) => answer.ok)).toBe(true)
      expect(await credits(person)).toBe(1_000 - 4 * 30 + 4 * 11)
    }
  })

  test('never pass the floor: of two hundred single units wanted, a hundred are there', async () => {
    await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
    await adjust('anna', -400)
    const answers = await times(200, () => adjust('anna', -1))
    expect(answers.filter((answer) => answer.ok)).toHaveLength(100)
    expect(await credits('anna')).toBe(0)
  })
})

describe('a spend', () => {
  test('that fifty ask for at once under one key happens once, and all fifty get the same answer', async () => {
    await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
    const api = await adminApi(shop.ctx, shop.demo.projectId)
    const order = { user_id: 'anna', amount: -7, reason: 'ZD-1 spend', idempotency_key: 'zd-1-1' }
    const answers = await times(50, () => api.post('/adjust', order))
    expect(answers.map(({ status }) => status)).toEqual(Array(50).fill(200))
    const told = answers.map(({ body: { replayed, ...same } }) => ({ replayed, same: JSON.stringify(same) }))
    expect(new Set(told.map(({ same }) => same)).size).toBe(1)
    expect(told.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(await credits('anna')).toBe(493)
    const { items } = (await api.get('/users/anna/transactions?kind=admin_adjust')).body
    expect(items).toHaveLength(1)
  })

  test('of one unit, a thousand times by 250 at once on a wallet of 500, succeeds 500 times and is refused 500 times', async () => {
    await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
    const api = await adminApi(shop.ctx, shop.demo.projectId)
    const outcomes: string[] = []
    await times(250, async () => {
      for (let spend = 0; spend < 4; spend++) {
        const { status, body } = await api.post('/adjust', { user_id: 'anna', amount: -1, reason: 'ZD-1 spend' })
        outcomes.push(`${status} ${status === 200 ? 'done' : body.detail}`)
      }
    })
    const counts = Map.groupBy(outcomes, (outcome) => outcome)
    expect([...counts].map(([outcome, same]) => [outcome, same.length]).sort()).toEqual([
      ['200 done', 500],
      ['422 insufficient_balance', 500],
    ])
    expect(await credits('anna')).toBe(0)
  })
})

describe('with as many connections as a busy server has', () => {
  let database: Database
  beforeEach(async () => {
    database = await openOtherProcess(shop.database, 24)
    shop.ctx.transaction = transactionRunner(
      database,
      () => shop.ctx.ids.next('event'),
      () => undefined,
    )
  })
  afterEach(() => database.close())

  test('a receipt that sixteen people post at once is passed on without an error', async () => {
    const token = newToken(shop.ctx)
    await times(16, (index) => buy(shop.ctx, shop.demo, `person-${index}`, 'credits_500', token))
    const units = await times(16, (index) => credits(`person-${index}`))
    expect(units.filter((amount) => amount > 0)).toEqual([500])
  })
})
