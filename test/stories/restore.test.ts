import { expect, test } from 'vitest'
import type { RestoreBehavior } from '../../src/core/projects/project.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { postReceipt } from '../../src/usecases/purchases/post-receipt.ts'
import { balanceOf, buy, newToken } from '../support/demo.ts'
import { accessOf, eventsOf, lifeOf } from '../support/history.ts'
import { runDue } from '../support/run-due.ts'
import { limitRenewals, setRestoreBehavior } from '../support/shop.ts'
import { newShopPerStory } from '../support/story.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const shop = newShopPerStory()

const credits = (user: string) => balanceOf(shop.ctx, shop.demo.projectId, user)
const life = (user: string) => lifeOf(shop, shop.demo.projectId, user)
const access = (user: string) => accessOf(shop, shop.demo.projectId, user)
const PRO = { pro: '2026-02-28T10:00:00.000Z' }

/** Posts a token as an app does that restores purchases. */
async function restore(appUserId: string, fetchToken: string, storeProductId: string | null = 'pro_monthly') {
  const project = await shop.ctx.read.projects.get(shop.demo.projectId)
  if (project === null) throw new Error('the demo project is gone')
  const { app } = shop.demo
  return postReceipt(shop.ctx, { project, app, appUserId, fetchToken, storeProductId, presentedOffering: null })
}

async function bought(appUserId: string, storeProductId = 'pro_monthly', behavior: RestoreBehavior = 'transfer') {
  await setRestoreBehavior(shop, shop.demo, behavior)
  const token = newToken(shop.ctx)
  await buy(shop.ctx, shop.demo, appUserId, storeProductId, token)
  return token
}

test('the same token again is the same purchase: nothing is charged, given or told twice', async () => {
  const token = await bought('anna')
  const before = await eventsOf(shop, shop.demo.projectId, 'anna')
  shop.clock.advance(60_000)
  for (let count = 0; count < 3; count++) expect(await restore('anna', token)).toMatchObject({ ok: true })
  expect(await eventsOf(shop, shop.demo.projectId, 'anna')).toEqual(before)
  expect(await credits('anna')).toBe(500)
})

test('the same token with another product or none is still the purchase that it was', async () => {
  const token = await bought('anna', 'credits_500')
  const again = await restore('anna', token, 'pro_annual')
  expect(again.ok && again.value.purchase.type).toBe('consumable')
  expect(await restore('anna', token, null)).toMatchObject({ ok: true })
  expect(await access('anna')).toEqual({})
})

test('a renewal that was made up for is not undone or repeated by an old token', async () => {
  const token = await bought('anna')
  shop.clock.set(Date.parse('2026-04-01T00:00:00Z'))
  await runDue(shop.ctx)
  const again = await restore('anna', token)
  expect(again.ok && again.value.purchase.renewalNumber).toBe(3)
  expect(await credits('anna')).toBe(1_500)
})

test('transfer: another person gets the purchase and the event, the first loses access and keeps the credits', async () => {
  const token = await bought('anna')
  expect(await restore('ben', token)).toMatchObject({ ok: true })
  expect(await access('anna')).toEqual({})
  expect(await access('ben')).toEqual(PRO)
  expect([await credits('anna'), await credits('ben')]).toEqual([500, 0])
  expect(await life('anna')).toEqual(['INITIAL_PURCHASE'])
  const [transfer, ...others] = await eventsOf(shop, shop.demo.projectId, 'ben')
  expect(others).toEqual([])
  expect(transfer).toMatchObject({ type: 'TRANSFER', data: { transferredFrom: ['anna'], transferredTo: ['ben'] } })
})

test('transfer: the whole chain moves, and its renewals and their credits go to the new owner', async () => {
  const token = await bought('anna')
  await restore('ben', token)
  shop.clock.set(Date.parse('2026-02-28T10:00:00Z'))
  await runDue(shop.ctx)
  expect([await credits('anna'), await credits('ben')]).toEqual([500, 500])
  expect(await life('ben')).toEqual(['TRANSFER', 'RENEWAL'])
})

test('transfer: there and back again gives credits once, and each move is told', async () => {
  const token = await bought('anna')
  await restore('ben', token)
  await restore('anna', token)
  expect(await access('anna')).toEqual(PRO)
  expect([await credits('anna'), await credits('ben')]).toEqual([500, 0])
  expect(await life('anna')).toEqual(['INITIAL_PURCHASE', 'TRANSFER'])
})

test('transfer_if_no_active_subs: an active subscription stays, and the one who asked is not even created', async () => {
  const token = await bought('anna', 'pro_monthly', 'transfer_if_no_active_subs')
  expect(await restore('ben', token)).toEqual({ ok: false, refusal: { code: 'receipt_in_use' } })
  expect(await access('anna')).toEqual(PRO)
  expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'ben')).toBeNull()
})

test('transfer_if_no_active_subs: a subscription that is over moves, and so does a one-time purchase', async () => {
  await limitRenewals(shop.ctx, shop.demo, 0)
  const subscription = await bought('anna', 'pro_monthly', 'transfer_if_no_active_subs')
  const coins = await bought('anna', 'credits_500', 'transfer_if_no_active_subs')
  expect(await restore('ben', coins)).toMatchObject({ ok: true })
  shop.clock.set(Date.parse('2026-02-28T10:00:00Z'))
  await runDue(shop.ctx)
  expect(await restore('ben', subscription)).toMatchObject({ ok: true })
  expect(await life('ben')).toEqual(['TRANSFER', 'TRANSFER'])
  expect([await credits('anna'), await credits('ben')]).toEqual([1_000, 0])
})

test('error: whatever was bought stays with the one who bought it', async () => {
  const coins = await bought('anna', 'credits_500', 'error')
  expect(await restore('ben', coins)).toEqual({ ok: false, refusal: { code: 'receipt_in_use' } })
  expect(await life('anna')).toEqual(['NON_RENEWING_PURCHASE'])
})

test.each<RestoreBehavior>(['transfer', 'transfer_if_no_active_subs', 'error'])(
  'an owner whom nobody has logged in to becomes one customer with the one who posts, also with %s',
  async (behavior) => {
    const token = await bought(PHONE, 'pro_monthly', behavior)
    await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
    expect(await restore('anna', token)).toMatchObject({ ok: true })
    expect(await access('anna')).toEqual(PRO)
    expect(await access(PHONE)).toEqual(PRO)
    expect(await credits(PHONE)).toBe(1_000)
    expect(await life('anna')).not.toContain('TRANSFER')
  },
)

test('an anonymous id of somebody who logged in is that person: the setting decides, nobody is joined', async () => {
  const token = await bought(PHONE, 'pro_monthly', 'error')
  await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
  expect(await restore('ben', token)).toEqual({ ok: false, refusal: { code: 'receipt_in_use' } })
  expect(await restore('$RCAnonymousID:00000000000000000000000000000002', token)).toMatchObject({ ok: false })
})
