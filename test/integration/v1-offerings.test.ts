import { expect, test } from 'vitest'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const shop = newV1Shop()

/** A second offering, which is not the current one. */
async function addSale(): Promise<string> {
  const { projectId } = shop.demo
  await shop.ctx.transaction(async (tx) => {
    const sale = { offeringId: 'ofrngsale', lookupKey: 'sale', description: 'Sale', isCurrent: false, packages: [] }
    await tx.catalog.insertOffering(projectId, sale)
    return { ok: true, value: null }
  })
  shop.ctx.read.catalog.forget(projectId)
  return 'ofrngsale'
}
const currentOf = async (user: string) =>
  (await shop.sdk('GET', `/v1/subscribers/${user}/offerings`)).body.current_offering_id

test('an override makes an offering the current one of one customer, until it is removed', async () => {
  const sale = await addSale()
  await shop.sdk('GET', '/v1/subscribers/anna')
  const set = await shop.server('POST', `/v1/subscribers/anna/offerings/${sale}/override`)
  expect([set.status, set.body.subscriber.original_app_user_id]).toEqual([201, 'anna'])
  expect([await currentOf('anna'), await currentOf('bert')]).toEqual(['sale', 'default'])
  const removed = await shop.server('DELETE', '/v1/subscribers/anna/offerings/override')
  expect([removed.status, removed.body.subscriber.original_app_user_id]).toEqual([201, 'anna'])
  expect(await currentOf('anna')).toBe('default')
})

test('an override that is so already changes nothing, not even the revision', async () => {
  const sale = await addSale()
  await shop.sdk('GET', '/v1/subscribers/anna')
  const revisions: unknown[] = []
  for (let count = 0; count < 2; count++) {
    const set = await shop.server('POST', `/v1/subscribers/anna/offerings/${sale}/override`)
    revisions.push(set.headers.get('x-purser-revision'))
  }
  for (let count = 0; count < 2; count++) {
    const removed = await shop.server('DELETE', '/v1/subscribers/anna/offerings/override')
    revisions.push(removed.headers.get('x-purser-revision'))
  }
  expect(revisions).toEqual(['2', '2', '3', '3'])
})

test('an offering is named by its id; an unknown one and an unknown customer are 404, 7259', async () => {
  await shop.sdk('GET', '/v1/subscribers/anna')
  const sale = await addSale()
  const calls = [
    await shop.server('POST', '/v1/subscribers/anna/offerings/sale/override'),
    await shop.server('POST', `/v1/subscribers/nobody/offerings/${sale}/override`),
    await shop.server('DELETE', '/v1/subscribers/nobody/offerings/override'),
  ]
  expect(calls.map(({ status, body }) => [status, body.code])).toEqual(Array(3).fill([404, 7259]))
})

test('only a secret key chooses for a customer', async () => {
  await shop.sdk('GET', '/v1/subscribers/anna')
  const set = await shop.sdk('POST', '/v1/subscribers/anna/offerings/x/override')
  const removed = await shop.sdk('DELETE', '/v1/subscribers/anna/offerings/override')
  expect([set, removed].map(({ status, body }) => [status, body.code])).toEqual(Array(2).fill([401, 7225]))
})

test('a log-in takes the choice along unless the one who goes on has one', async () => {
  const sale = await addSale()
  const { projectId } = shop.demo
  await shop.sdk('GET', `/v1/subscribers/${encodeURIComponent(PHONE)}`)
  await shop.sdk('GET', '/v1/subscribers/anna')
  await shop.server('POST', `/v1/subscribers/${encodeURIComponent(PHONE)}/offerings/${sale}/override`)
  await identifyCustomer(shop.ctx, { projectId, appUserId: PHONE, newAppUserId: 'anna' })
  expect(await currentOf('anna')).toBe('sale')
})

test('GET /v1/offerings tells what the app sells without a customer, for public keys alone', async () => {
  const answer = await shop.sdk('GET', '/v1/offerings')
  expect(answer.status).toBe(200)
  expect(answer.body).toEqual((await shop.sdk('GET', '/v1/subscribers/anna/offerings')).body)
  const secret = await shop.server('GET', '/v1/offerings')
  expect([secret.status, secret.body.code]).toEqual([403, 7243])
})
