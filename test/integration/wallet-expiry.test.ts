import { afterEach, beforeEach, expect, test } from 'vitest'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { lapseDueLots } from '../../src/usecases/wallet/lapse-due-lots.ts'
import { auditDatabase } from '../support/audit.ts'
import { balanceOf, buy, createDemo, type Demo } from '../support/demo.ts'
import { eventsOf } from '../support/history.ts'
import { letGrantsLapse } from '../support/lapsing-grants.ts'
import { runDue } from '../support/run-due.ts'
import { addTrialProduct, limitRenewals } from '../support/shop.ts'
import { openWorld, type World } from '../support/world.ts'

const PERIOD_END = Date.parse('2026-02-28T10:00:00Z')

let world: World
let demo: Demo
beforeEach(async () => {
  world = await openWorld()
  demo = await createDemo(world.ctx)
  await addTrialProduct(world.ctx, demo)
  await letGrantsLapse(world, demo.projectId)
  await limitRenewals(world.ctx, demo, 1)
})
afterEach(async () => {
  const violations = await auditDatabase(world.database)
  await world.close()
  expect(violations).toEqual([])
})

const credits = (user: string) => balanceOf(world.ctx, demo.projectId, user)

function adjust(userId: string, amount: number) {
  return adjustBalance(world.ctx, {
    projectId: demo.projectId,
    userId,
    currency: 'CRD',
    amount,
    reason: 'ZD-1',
    idempotencyKey: null,
    actor: 'support',
    requestId: 'req1',
  })
}

async function tellings(user: string): Promise<unknown[]> {
  const events = await eventsOf(world, demo.projectId, user)
  return events.flatMap(({ type, data }) => (type === 'VIRTUAL_CURRENCY_TRANSACTION' ? [data.adjustments] : []))
}

test('what a month granted can be spent until its very end and not from then on, booked as lapsed or not', async () => {
  await buy(world.ctx, demo, 'anna', 'pro_monthly')
  await buy(world.ctx, demo, 'anna', 'credits_500')
  world.clock.set(PERIOD_END - 1)
  expect(await credits('anna')).toBe(1_000)
  expect(await adjust('anna', -100)).toMatchObject({ ok: true })
  world.clock.set(PERIOD_END)
  expect(await credits('anna')).toBe(500)
  expect(await adjust('anna', -501)).toMatchObject({ refusal: { code: 'insufficient_balance', balance: 500 } })
  expect(await adjust('anna', -500)).toMatchObject({ value: { adjusted: { balance: 0 } } })
})

test('the worker books what lapsed once, tells it with its amount, and has nothing more to do', async () => {
  await buy(world.ctx, demo, 'anna', 'pro_monthly')
  world.clock.set(PERIOD_END)
  world.changes.length = 0
  expect(await Promise.all([lapseDueLots(world.ctx), lapseDueLots(world.ctx)])).toContainEqual({ done: 1, more: true })
  expect(await lapseDueLots(world.ctx)).toEqual({ done: 0, more: false })
  expect(world.changes).toMatchObject([{ kinds: ['usage'], cause: 'expiration', currency: 'CRD' }])
  expect(await tellings('anna')).toEqual([[{ currency: 'CRD', amount: 500 }], [{ currency: 'CRD', amount: -500 }]])
  expect(await credits('anna')).toBe(0)
})

test('a renewal at the period end takes the old units away and gives the new ones, in one revision', async () => {
  await buy(world.ctx, demo, 'anna', 'pro_monthly')
  await adjust('anna', -120)
  world.clock.set(PERIOD_END)
  await runDue(world.ctx)
  expect(await credits('anna')).toBe(500)
  const amounts = (await tellings('anna')).slice(-2)
  expect(amounts).toEqual([[{ currency: 'CRD', amount: -380 }], [{ currency: 'CRD', amount: 500 }]])
})

test('what a trial granted lapses with the trial, and one-time purchases never lapse', async () => {
  await buy(world.ctx, demo, 'anna', 'plus_monthly')
  await buy(world.ctx, demo, 'anna', 'credits_500')
  expect(await credits('anna')).toBe(550)
  world.clock.set(Date.parse('2026-02-07T10:00:00Z'))
  expect(await credits('anna')).toBe(500)
  world.clock.set(Date.parse('2030-01-01T00:00:00Z'))
  await runDue(world.ctx)
  await lapseDueLots(world.ctx)
  expect(await credits('anna')).toBe(500)
})

test('a merge does not bring lapsed units back, and those still alive keep their end', async () => {
  const phone = '$RCAnonymousID:00000000000000000000000000000001'
  await buy(world.ctx, demo, phone, 'pro_monthly')
  world.clock.advance(86_400_000)
  await buy(world.ctx, demo, 'anna', 'pro_monthly')
  world.clock.set(PERIOD_END)
  await identifyCustomer(world.ctx, { projectId: demo.projectId, appUserId: phone, newAppUserId: 'anna' })
  expect(await credits('anna')).toBe(500)
  world.clock.set(PERIOD_END + 86_400_000)
  expect(await credits('anna')).toBe(0)
})

test('units that lapse while many want them are spent or lapsed, and never both', async () => {
  await buy(world.ctx, demo, 'anna', 'pro_monthly')
  world.clock.set(PERIOD_END)
  const outcomes = await Promise.all([
    ...Array.from({ length: 8 }, () => adjust('anna', -100)),
    lapseDueLots(world.ctx),
    runDue(world.ctx),
  ])
  const spent = outcomes.filter((outcome) => outcome && 'ok' in outcome && outcome.ok).length
  expect(await credits('anna')).toBe(500 - 100 * spent)
})
