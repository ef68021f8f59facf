import { afterEach, beforeEach, expect, test } from 'vitest'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { auditDatabase } from '../support/audit.ts'
import { balanceOf, buy, createDemo, type Demo, newToken } from '../support/demo.ts'
import { accessOf, eventsOf, lifeOf } from '../support/history.ts'
import { letStoreSay, refundAt } from '../support/refund.ts'
import { runDue } from '../support/run-due.ts'
import { setRestoreBehavior } from '../support/shop.ts'
import { openWorld, type World } from '../support/world.ts'

let world: World
let demo: Demo
beforeEach(async () => {
  world = await openWorld()
  demo = await createDemo(world.ctx)
})
afterEach(async () => {
  const violations = await auditDatabase(world.database)
  await world.close()
  expect(violations).toEqual([])
})

const credits = (user: string) => balanceOf(world.ctx, demo.projectId, user)

function spend(userId: string, amount: number) {
  return adjustBalance(world.ctx, {
    projectId: demo.projectId,
    userId,
    currency: 'CRD',
    amount: -amount,
    reason: 'ZD-1',
    idempotencyKey: null,
    actor: 'support',
    requestId: 'req1',
  })
}

async function say(appUserId: string, purchaseId: string, facts: Parameters<typeof letStoreSay>[2]): Promise<void> {
  await letStoreSay(world.ctx, { projectId: demo.projectId, appUserId, purchaseId }, facts)
}

async function setDebtPolicy(policy: string): Promise<void> {
  await world.database.query({ name: 'test.debt_policy', text: 'update currencies set debt_policy = $1' }, [policy])
}

const refund = () => ({ refund: refundAt(world.clock.now()) })

test('the refund of a subscription ends access, takes the units back, tells both, and leaves nothing due', async () => {
  const { purchase } = await buy(world.ctx, demo, 'anna', 'pro_monthly')
  await buy(world.ctx, demo, 'anna', 'credits_500')
  world.clock.advance(1_000)
  world.changes.length = 0
  await say('anna', purchase.purchaseId, refund())
  expect(await credits('anna')).toBe(500)
  expect(await accessOf(world, demo.projectId, 'anna')).toEqual({})
  expect(world.changes).toMatchObject([{ cause: 'refund', kinds: ['entitlements', 'usage'] }])
  const told = await lifeOf(world, demo.projectId, 'anna')
  expect(told.slice(-2).sort()).toEqual(['CANCELLATION', 'EXPIRATION'])
  world.clock.set(Date.parse('2027-01-01T00:00:00Z'))
  await runDue(world.ctx)
  expect(await lifeOf(world, demo.projectId, 'anna')).toEqual(told)
})

test('a partial refund of a subscription takes the share back, rounded up', async () => {
  const { purchase } = await buy(world.ctx, demo, 'anna', 'pro_monthly')
  await say('anna', purchase.purchaseId, { refund: { ...refundAt(world.clock.now()), micros: 3_330_000 } })
  expect(await credits('anna')).toBe(333)
})

test.each([
  ['clamp', 0, 100],
  ['debt', 0, 0],
  ['block', 200, 300],
])('with too little left and the policy "%s"', async (policy, balance, afterGift) => {
  await setDebtPolicy(policy)
  const { purchase } = await buy(world.ctx, demo, 'anna', 'credits_500')
  await spend('anna', 300)
  await say('anna', purchase.purchaseId, refund())
  expect(await credits('anna')).toBe(balance)
  await spend('anna', -100)
  expect(await credits('anna')).toBe(afterGift)
})

test('a withdrawn refund gives everything back, and a second refund takes it again', async () => {
  const { purchase } = await buy(world.ctx, demo, 'anna', 'pro_monthly')
  await spend('anna', 120)
  await say('anna', purchase.purchaseId, refund())
  expect(await credits('anna')).toBe(0)
  world.clock.advance(1_000)
  await say('anna', purchase.purchaseId, { refund: null, autoRenews: true })
  expect(await credits('anna')).toBe(380)
  expect(Object.keys(await accessOf(world, demo.projectId, 'anna'))).toEqual(['pro'])
  world.clock.advance(1_000)
  await say('anna', purchase.purchaseId, refund())
  expect(await credits('anna')).toBe(0)
  const told = await lifeOf(world, demo.projectId, 'anna')
  expect(told.filter((type) => type === 'REFUND_REVERSED')).toHaveLength(1)
  expect(told.filter((type) => type === 'EXPIRATION')).toHaveLength(2)
})

test('the units of a purchase that moved on are taken from the customer who got them', async () => {
  await setRestoreBehavior(world, demo, 'transfer')
  const token = newToken(world.ctx)
  const { purchase } = await buy(world.ctx, demo, 'anna', 'credits_500', token)
  await buy(world.ctx, demo, 'ben', 'credits_500')
  await buy(world.ctx, demo, 'ben', 'credits_500', token)
  expect([await credits('anna'), await credits('ben')]).toEqual([500, 500])
  world.changes.length = 0
  await say('ben', purchase.purchaseId, refund())
  expect([await credits('anna'), await credits('ben')]).toEqual([0, 500])
  expect(world.changes.map(({ cause }) => cause)).toEqual(['refund', 'refund'])
  const told = await eventsOf(world, demo.projectId, 'anna')
  expect(told.at(-1)).toMatchObject({ data: { adjustments: [{ currency: 'CRD', amount: -500 }] } })
  await say('ben', purchase.purchaseId, { refund: null })
  expect([await credits('anna'), await credits('ben')]).toEqual([500, 500])
})

test('a refund after a merge finds the units where they went', async () => {
  const phone = '$RCAnonymousID:00000000000000000000000000000001'
  const { purchase } = await buy(world.ctx, demo, phone, 'credits_500')
  await buy(world.ctx, demo, 'anna', 'credits_500')
  await identifyCustomer(world.ctx, { projectId: demo.projectId, appUserId: phone, newAppUserId: 'anna' })
  await say('anna', purchase.purchaseId, refund())
  expect(await credits('anna')).toBe(500)
  await say('anna', purchase.purchaseId, { refund: null })
  expect(await credits('anna')).toBe(1_000)
})
