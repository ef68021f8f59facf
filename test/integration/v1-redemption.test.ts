import { expect, test } from 'vitest'
import { MINUTE_MS } from '../../src/core/lib/clock.ts'
import { eventsOf, lifeOf } from '../support/history.ts'
import { setRestoreBehavior } from '../support/shop.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const TABLET = '$RCAnonymousID:00000000000000000000000000000002'
const shop = newV1Shop()

/** The token of a link for what a customer has bought. */
async function linkFor(user: string): Promise<string> {
  const made = await shop.admin('POST', `/admin/customers/${encodeURIComponent(user)}/redemptions`)
  expect(made.status).toBe(201)
  return made.body.redemption_token
}
const redeem = (user: string, token: string, headers = {}) =>
  shop.sdk('POST', '/v1/subscribers/redeem_purchase', { redemption_token: token, app_user_id: user }, headers)
const hasPro = async (user: string) =>
  'pro' in (await shop.sdk('GET', `/v1/subscribers/${encodeURIComponent(user)}`)).body.subscriber.entitlements
const redeemedOf = async (user: string) =>
  (await eventsOf(shop, shop.demo.projectId, user)).filter(({ type }) => type === 'PURCHASE_REDEEMED')

test('a purchase of an anonymous buyer is taken along: both become one customer', async () => {
  await shop.purchase(PHONE, 'pro_monthly')
  const answer = await redeem('anna', await linkFor(PHONE), { 'x-platform': 'iOS' })
  expect([answer.status, Object.keys(answer.body.subscriber.entitlements)]).toEqual([200, ['pro']])
  const [event] = await redeemedOf('anna')
  expect(event?.data).toEqual({
    purchaseId: expect.stringMatching(/^purch/),
    appId: shop.demo.app.appId,
    redeemingAppId: shop.demo.app.appId,
    store: 'test_store',
    environment: 'sandbox',
    productId: expect.stringMatching(/^prod/),
    entitlements: ['pro'],
    redeemedFrom: [PHONE],
    redeemedBy: ['anna'],
    outcome: 'alias',
    platform: 'ios',
  })
})

test('an anonymous redeemer becomes one customer with the identified buyer, whatever the rules for transfers', async () => {
  await setRestoreBehavior(shop, shop.demo, 'error')
  await shop.purchase('web-user', 'pro_monthly')
  expect((await redeem(TABLET, await linkFor('web-user'))).status).toBe(200)
  expect([await hasPro(TABLET), await hasPro('web-user')]).toEqual([true, true])
})

test('between two that people logged in to, the rules for transfers decide', async () => {
  await shop.purchase('web-user', 'pro_monthly')
  expect((await redeem('anna', await linkFor('web-user'))).status).toBe(200)
  expect([await hasPro('anna'), await hasPro('web-user')]).toEqual([true, false])
  expect((await lifeOf(shop, shop.demo.projectId, 'anna')).filter((type) => type !== 'INITIAL_PURCHASE')).toEqual([
    'TRANSFER',
    'PURCHASE_REDEEMED',
  ])
  await setRestoreBehavior(shop, shop.demo, 'error')
  await shop.purchase('other-web-user', 'pro_monthly')
  const refused = await redeem('bert', await linkFor('other-web-user'))
  expect([refused.status, refused.body.code]).toEqual([403, 7852])
  expect([await hasPro('bert'), await hasPro('other-web-user')]).toEqual([false, true])
})

test('a link works once: again for the one who used it, whose app may not have got the answer, and for nobody else', async () => {
  await shop.purchase(PHONE, 'pro_monthly')
  const token = await linkFor(PHONE)
  await redeem('anna', token)
  const again = await redeem('anna', token)
  expect([again.status, Object.keys(again.body.subscriber.entitlements)]).toEqual([200, ['pro']])
  const other = await redeem('bert', token)
  expect([other.status, other.body.code]).toEqual([403, 7852])
  expect(await redeemedOf('anna')).toHaveLength(1)
})

test('two who use one link at the same moment: one has the purchase, the other is told that it is taken', async () => {
  await shop.purchase(PHONE, 'pro_monthly')
  const token = await linkFor(PHONE)
  const answers = await Promise.all(['anna', 'bert', 'carla'].map((user) => redeem(user, token)))
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 403, 403])
})

test('a link is good for an hour, and then says to whom it was sent without saying it', async () => {
  await shop.purchase(PHONE, 'pro_monthly', { attributes: { $email: { value: 'anna@example.com' } } })
  const token = await linkFor(PHONE)
  shop.clock.advance(60 * MINUTE_MS)
  const late = await redeem('anna', token)
  expect([late.status, late.body]).toEqual([
    403,
    {
      code: 7853,
      message: expect.any(String),
      purchase_redemption_error_info: { obfuscated_email: 'a***@e***.com' },
    },
  ])
  expect(await hasPro('anna')).toBe(false)
})

test('a token that is none is refused, of every shape, and creates no customer', async () => {
  for (const token of ['nothing', '', 'x'.repeat(5_000)]) {
    const answer = await redeem('stranger', token)
    expect([answer.status, answer.body.code]).toEqual([400, 7849])
  }
  expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'stranger')).toBeNull()
})

test('what the customer has already is theirs, and is told as such', async () => {
  await shop.purchase('anna', 'pro_monthly')
  expect((await redeem('anna', await linkFor('anna'))).status).toBe(200)
  expect((await redeemedOf('anna')).map(({ data }) => data.outcome)).toEqual(['redeemer_owns'])
})

test('what was bought after the link was made stays where it is', async () => {
  await shop.purchase('web-user', 'pro_monthly')
  const token = await linkFor('web-user')
  shop.clock.advance(MINUTE_MS)
  await shop.purchase('web-user', 'credits_500')
  await redeem('anna', token)
  const left = await shop.sdk('GET', '/v1/subscribers/web-user')
  expect(Object.keys(left.body.subscriber.non_subscriptions)).toEqual(['credits_500'])
  expect(await hasPro('anna')).toBe(true)
})

test('a link needs a customer who has bought something', async () => {
  await shop.sdk('GET', '/v1/subscribers/anna')
  const nothing = await shop.admin('POST', '/admin/customers/anna/redemptions')
  expect([nothing.status, nothing.body.detail]).toEqual([422, 'nothing_to_redeem'])
  const nobody = await shop.admin('POST', '/admin/customers/nobody/redemptions')
  expect([nobody.status, nobody.body.detail]).toEqual([404, 'rc_customer_not_found'])
})

test('only the hash of a token is stored', async () => {
  await shop.purchase(PHONE, 'pro_monthly')
  const token = await linkFor(PHONE)
  const rows = await shop.database.query<{ token_hash: string }>(
    { name: 'test.redemption_tokens', text: 'select * from redemption_tokens' },
    [],
  )
  expect(rows.map((row) => row.token_hash)).toEqual([shop.ctx.hash(token)])
  expect(JSON.stringify(rows)).not.toContain(token)
})
