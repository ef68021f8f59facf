import { expect, test } from 'vitest'
import { newV1Shop } from '../support/v1-shop.ts'

/** Guarantee: it is known which name of a customer was seen last, since events tell of the customer by that name. */
const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const TABLET = '$RCAnonymousID:00000000000000000000000000000002'
const shop = newV1Shop()

const visit = (appUserId: string, headers = { 'x-platform': 'ios' }) =>
  shop.sdk('GET', `/v1/subscribers/${encodeURIComponent(appUserId)}`, undefined, headers)
const logIn = (current: string, next: string) =>
  shop.sdk('POST', '/v1/subscribers/identify', { app_user_id: current, new_app_user_id: next })
const alias = (one: string, other: string) =>
  shop.sdk('POST', `/v1/subscribers/${encodeURIComponent(one)}/alias`, { new_app_user_id: other })

/** The names of a customer, the one that was seen last at the end. */
async function namesOf(appUserId: string): Promise<string[]> {
  const customer = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, appUserId)
  if (customer === null) throw new Error(`nobody is called ${appUserId}`)
  const aliases = await shop.ctx.read.customers.aliases(customer)
  return aliases.toSorted((one, other) => one.lastSeenAt - other.lastSeenAt).map((name) => name.appUserId)
}

const pass = () => shop.clock.advance(1_000)

test('a visit under one of several names makes it the one seen last, a mere look does not', async () => {
  await visit(PHONE)
  pass()
  await logIn(PHONE, 'anna')
  expect(await namesOf('anna')).toEqual([PHONE, 'anna'])
  pass()
  await visit(PHONE)
  expect(await namesOf('anna')).toEqual(['anna', PHONE])
  pass()
  await shop.server('GET', '/v1/subscribers/anna')
  expect(await namesOf('anna')).toEqual(['anna', PHONE])
})

test('a log-in makes the new id the one seen last: by joining, by merging and by switching', async () => {
  await visit(TABLET)
  pass()
  await visit('anna')
  pass()
  await visit(TABLET)
  pass()
  await logIn(TABLET, 'anna')
  expect(await namesOf('anna')).toEqual([TABLET, 'anna'])
  pass()
  await visit(TABLET)
  pass()
  const { body } = await logIn('ben', 'anna')
  expect(await namesOf('anna')).toEqual([TABLET, 'anna'])
  expect(body.subscriber.last_seen).toBe('2026-01-31T10:00:05Z')
})

test('a receipt is a visit under the name that it was posted for, a new one and one that is known', async () => {
  await visit(PHONE)
  pass()
  await logIn(PHONE, 'anna')
  pass()
  const { token } = await shop.purchase(PHONE, 'pro_monthly')
  expect(await namesOf('anna')).toEqual(['anna', PHONE])
  pass()
  const body = { app_user_id: 'anna', fetch_token: token, product_id: 'pro_monthly' }
  await shop.sdk('POST', '/v1/receipts', body, { 'x-platform': 'ios' })
  expect(await namesOf('anna')).toEqual([PHONE, 'anna'])
})

test('history that is brought along for a customer is no visit', async () => {
  await visit(PHONE)
  pass()
  await logIn(PHONE, 'anna')
  pass()
  await shop.purchase(PHONE, 'pro_monthly', { should_update_last_seen_fields: false })
  expect(await namesOf('anna')).toEqual([PHONE, 'anna'])
  const { body } = await shop.admin('GET', '/admin/customers/anna/access')
  expect(body.purchases[0].ownership).toMatchObject([{ cause: 'imported', user_id: PHONE }])
})

test('each row of the log-in table over HTTP: who becomes one customer, and who is new', async () => {
  const others = [3, 4, 5].map((number) => `$RCAnonymousID:0000000000000000000000000000000${number}`)
  const [first, second, third] = others as [string, string, string]
  // anonymous, new id: one customer, 201
  await visit(first)
  pass()
  expect((await logIn(first, 'new')).status).toBe(201)
  expect(await namesOf('new')).toEqual([first, 'new'])
  expect((await visit('new')).body.subscriber.original_app_user_id).toBe(first)
  // anonymous, known id without an anonymous one: merged, 200
  await visit('known')
  await visit(second)
  expect((await logIn(second, 'known')).status).toBe(200)
  expect((await namesOf('known')).toSorted()).toEqual([second, 'known'])
  // anonymous, known id that has an anonymous one: nothing moves, 200
  await visit(third)
  expect((await logIn(third, 'known')).status).toBe(200)
  expect(await namesOf(third)).toEqual([third])
  // identified, known or not: nothing moves
  expect((await logIn('new', 'known')).status).toBe(200)
  expect((await logIn('new', 'newer')).status).toBe(201)
  expect(await namesOf('newer')).toEqual(['newer'])
  // no way joins two people
  expect(await alias('new', 'known')).toMatchObject({ status: 400, body: { code: 7255 } })
})
