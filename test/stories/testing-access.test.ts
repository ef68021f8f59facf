import { expect, test } from 'vitest'
import { setTestingAccess } from '../../src/usecases/projects/set-customer-rules.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const shop = newV1Shop()

const letIn = (...ids: string[]) =>
  setTestingAccess(shop.ctx, shop.demo.projectId, { mode: 'allow_listed', appUserIds: new Set(ids) })
const letNobodyIn = () => setTestingAccess(shop.ctx, shop.demo.projectId, { mode: 'nobody' })
const letAnybodyIn = () => setTestingAccess(shop.ctx, shop.demo.projectId, { mode: 'anybody' })
const infoOf = async (appUserId: string) =>
  (await shop.sdk('GET', `/v1/subscribers/${encodeURIComponent(appUserId)}`)).body.subscriber
const entitlementsOf = async (appUserId: string) => Object.keys((await infoOf(appUserId)).entitlements)

test('where nobody may, a sandbox purchase opens nothing and access already given is gone; it stays bought and units stay', async () => {
  await shop.purchase('anna', 'pro_monthly')
  expect(await entitlementsOf('anna')).toEqual(['pro'])
  await letNobodyIn()
  const subscriber = await infoOf('anna')
  expect(subscriber.entitlements).toEqual({})
  expect(Object.keys(subscriber.subscriptions)).toEqual(['pro_monthly'])
  const { body } = await shop.purchase('ben', 'pro_monthly')
  expect(body.subscriber.entitlements).toEqual({})
  const balances = (await shop.sdk('GET', '/v1/subscribers/anna/virtual_currencies')).body
  expect(balances.virtual_currencies.CRD.balance).toBe(500)
  await letAnybodyIn()
  expect([await entitlementsOf('anna'), await entitlementsOf('ben')]).toEqual([['pro'], ['pro']])
})

test('a tester is let in under any name, also by a log-in that comes later, and nobody else', async () => {
  await letIn('tess')
  await shop.purchase(PHONE, 'pro_monthly')
  await shop.purchase('ben', 'pro_monthly')
  expect([await entitlementsOf(PHONE), await entitlementsOf('ben')]).toEqual([[], []])
  await shop.sdk('POST', '/v1/subscribers/identify', { app_user_id: PHONE, new_app_user_id: 'tess' })
  expect([await entitlementsOf(PHONE), await entitlementsOf('tess')]).toEqual([['pro'], ['pro']])
})

test('an answer that an app holds is not confirmed as unchanged when testers are let in or shut out', async () => {
  await shop.purchase('anna', 'pro_monthly')
  const first = await shop.sdk('GET', '/v1/subscribers/anna')
  const tag = { 'x-revenuecat-etag': String(first.headers.get('x-revenuecat-etag')) }
  expect((await shop.sdk('GET', '/v1/subscribers/anna', undefined, tag)).status).toBe(304)
  await letNobodyIn()
  expect((await shop.sdk('GET', '/v1/subscribers/anna', undefined, tag)).status).toBe(200)
})

test('the explanation says that the sandbox is why', async () => {
  await shop.purchase('anna', 'pro_monthly')
  await letNobodyIn()
  const { body } = await shop.admin('GET', '/admin/customers/anna/access?entitlement=pro')
  expect(body).toMatchObject({
    testing_access: 'nobody',
    sandbox_counts: false,
    entitlements: [{ verdict: 'never', represents: null, candidates: [{ reason: 'sandbox_not_counted' }] }],
  })
})
