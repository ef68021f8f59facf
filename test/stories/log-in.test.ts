import { expect, test } from 'vitest'
import { getCustomer } from '../../src/usecases/customers/get-customer.ts'
import { aliasCustomer, identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { setAttributes } from '../../src/usecases/customers/set-attributes.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { accessOf, lifeOf } from '../support/history.ts'
import { newShopPerStory } from '../support/story.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const TABLET = '$RCAnonymousID:00000000000000000000000000000002'

const shop = newShopPerStory()

async function logIn(appUserId: string, newAppUserId: string) {
  const done = await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId, newAppUserId })
  if (!done.ok) throw new Error('a log-in has no refusals')
  return done.value
}

async function open(appUserId: string, touch = false) {
  return getCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId, touch })
}

async function namesOf(appUserId: string): Promise<string[]> {
  const { customer } = await open(appUserId)
  return (await shop.ctx.read.customers.aliases(customer)).map((alias) => alias.appUserId).sort()
}

test('a new person logs in: the anonymous id and the new one become one customer, who keeps what was bought before', async () => {
  await buy(shop.ctx, shop.demo, PHONE, 'credits_500')
  shop.clock.advance(1_000)
  const { customer, created } = await logIn(PHONE, 'anna')
  expect(created).toBe(true)
  expect(customer.originalAppUserId).toBe(PHONE)
  expect(await namesOf('anna')).toEqual([PHONE, 'anna'])
  expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(500)
})

test('a known person logs in for the first time: both customers become one', async () => {
  const { customer: anna } = await open('anna')
  shop.clock.advance(1_000)
  await buy(shop.ctx, shop.demo, PHONE, 'pro_monthly')
  const { customer, created } = await logIn(PHONE, 'anna')
  expect(created).toBe(false)
  expect(customer).toMatchObject({
    customerId: anna.customerId,
    originalAppUserId: 'anna',
    firstSeenAt: anna.firstSeenAt,
  })
  expect(await namesOf('anna')).toEqual([PHONE, 'anna'])
  expect(await accessOf(shop, shop.demo.projectId, PHONE)).toEqual({ pro: '2026-02-28T10:00:01.000Z' })
})

test('the same person logs in on a second device: that one switches, and what it bought before stays where it was', async () => {
  await logIn(PHONE, 'anna')
  await buy(shop.ctx, shop.demo, TABLET, 'credits_500')
  const { created } = await logIn(TABLET, 'anna')
  expect(created).toBe(false)
  expect(await namesOf('anna')).toEqual([PHONE, 'anna'])
  expect(await namesOf(TABLET)).toEqual([TABLET])
  expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(0)
  expect(await balanceOf(shop.ctx, shop.demo.projectId, TABLET)).toBe(500)
})

test('another person logs in on the same device: the app switches, and nothing moves between the two', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'pro_monthly')
  expect(await logIn('anna', 'ben')).toMatchObject({ created: true })
  expect(await logIn('ben', 'anna')).toMatchObject({ created: false })
  expect(await namesOf('anna')).toEqual(['anna'])
  expect(await accessOf(shop, shop.demo.projectId, 'ben')).toEqual({})
})

test('a log-in before anything else was asked needs no customer on either side', async () => {
  const { customer, created } = await logIn(PHONE, 'anna')
  expect(created).toBe(true)
  expect(customer.originalAppUserId).toBe(PHONE)
  expect(await logIn(TABLET, 'ben')).toMatchObject({ created: true })
  expect(await logIn(PHONE, 'anna')).toMatchObject({ created: false, customer: { customerId: customer.customerId } })
  expect(await logIn('anna', 'anna')).toMatchObject({ created: false })
})

test('an anonymous id that the server never saw is added to a known person', async () => {
  await open('anna')
  expect(await logIn(PHONE, 'anna')).toMatchObject({ created: false, customer: { originalAppUserId: 'anna' } })
  expect(await namesOf('anna')).toEqual([PHONE, 'anna'])
})

test('a log-in tells nothing to the outside: RevenueCat sends no webhook for it in new projects', async () => {
  await logIn(PHONE, 'anna')
  expect(await lifeOf(shop, shop.demo.projectId, 'anna')).toEqual([])
})

test('two names of one device can be joined, two people never', async () => {
  const alias = (appUserId: string, newAppUserId: string) =>
    aliasCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId, newAppUserId })
  await buy(shop.ctx, shop.demo, PHONE, 'credits_500')
  expect(await alias(TABLET, PHONE)).toMatchObject({ ok: true })
  expect(await balanceOf(shop.ctx, shop.demo.projectId, TABLET)).toBe(500)
  await open('anna')
  expect(await alias('anna', 'ben')).toEqual({ ok: false, refusal: { code: 'alias_refused' } })
  expect(await alias('anna', 'anna')).toMatchObject({ ok: true, value: { created: false } })
  expect(await alias('new-one', 'new-one')).toMatchObject({ ok: true })
})

test('a look leaves no trace, a contact of the app moves when the customer was last seen', async () => {
  const { customer, created } = await open('anna')
  expect(created).toBe(true)
  shop.clock.advance(60_000)
  expect((await open('anna')).customer).toEqual(customer)
  expect((await open('anna', true)).customer).toEqual({ ...customer, lastSeenAt: customer.lastSeenAt + 60_000 })
  expect((await open('anna')).customer.lastSeenAt).toBe(customer.lastSeenAt + 60_000)
})

test('attributes make the customer when they come first, and raise the revision only when something changed', async () => {
  const set = (value: string, updatedAt: number | null = null) =>
    setAttributes(shop.ctx, {
      projectId: shop.demo.projectId,
      appUserId: 'anna',
      attributes: [
        { key: 'cat', value, updatedAt },
        { key: 'not good', value, updatedAt },
      ],
    })
  const first = await set('Tom')
  expect(first.faults).toMatchObject([{ keyName: 'not good' }])
  expect((await set('Kit', shop.clock.now() - 5)).customer.revision).toBe(first.customer.revision)
  shop.clock.advance(1)
  expect((await set('Kit')).customer.revision).toBe(first.customer.revision + 1)
  const stored = await shop.ctx.read.customers.attributes(first.customer)
  expect([...stored]).toEqual([['cat', { value: 'Kit', updatedAt: shop.clock.now() }]])
})
