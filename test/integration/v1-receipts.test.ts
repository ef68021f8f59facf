import { expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { relayEvents } from '../../src/usecases/webhooks/relay-events.ts'
import { newToken } from '../support/demo.ts'
import { eventsOf } from '../support/history.ts'
import { runDue } from '../support/run-due.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const shop = newV1Shop()

/** What is kept of what an app told beside the receipt of a customer's only purchase. */
async function factsOf(user: string) {
  const customer = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, user)
  if (customer === null) throw new Error(`${user} is known`)
  const [purchase] = await shop.ctx.read.purchases.ofCustomer(customer)
  const found = await shop.ctx.transaction(async (tx) => ({
    ok: true as const,
    value: await tx.receiptFacts.find({ projectId: customer.projectId, purchaseId: String(purchase?.purchaseId) }),
  }))
  return found.ok ? found.value : null
}
const countryOf = async (user: string) =>
  (await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, user))?.country ?? null
const post = (body: object, headers: Record<string, string> = {}) =>
  shop.sdk('POST', '/v1/receipts', body, { 'x-platform': 'ios', ...headers })

/** What the newest SDK for iOS sends, and more. */
const EVERYTHING = {
  price: '9.99',
  currency: 'EUR',
  payment_mode: '2',
  introductory_price: '0',
  normal_duration: 'P1M',
  intro_duration: null,
  trial_duration: 'P1W',
  subscription_group_id: 'group',
  offers: [{ offer_identifier: 'o', price: '1.99', payment_mode: 0 }],
  store_country: 'ESP',
  ip_address: '203.0.113.9',
  is_restore: false,
  initiation_source: 'purchase',
  observer_mode: true,
  purchase_completed_by: 'my_app',
  sdk_originated: true,
  transaction_id: '2000000000000001',
  app_transaction: 'eyJ',
  presented_offering_identifier: 'default',
  presented_placement_identifier: 'onboarding',
  applied_targeting_rule: { revision: 2, rule_id: 'rule' },
  paywall: {
    paywall_id: 'pw',
    session_id: 's',
    revision: 1,
    display_mode: 'full_screen',
    dark_mode: false,
    locale: 'de',
  },
  presented_workflow_id: null,
  pricing_phases: [{ billingPeriod: 'P1M' }],
  proration_mode: 'DEFERRED',
  metadata: { campaign: 'spring' },
  test_receipt_identifier: 't',
  payload_version: 1,
  a_field_of_tomorrow: { deep: [1] },
}

test('every documented field is taken, and what means something is kept beside the purchase', async () => {
  const answer = await shop.purchase('anna', 'pro_monthly', EVERYTHING)
  expect(answer.status).toBe(200)
  expect(await factsOf('anna')).toEqual({
    price: { amountMicros: 9_990_000, currency: 'EUR' },
    storeCountry: 'ES',
    ipAddress: '203.0.113.9',
    presented: {
      placement: 'onboarding',
      targeting: { revision: 2, ruleId: 'rule' },
      paywall: {
        paywall_id: 'pw',
        session_id: 's',
        revision: 1,
        display_mode: 'full_screen',
        dark_mode: false,
        locale: 'de',
      },
    },
    initiation: 'purchase',
    isObserver: true,
    introductoryPriceMicros: 0,
    paymentMode: 'free_trial',
    normalDuration: 'P1M',
    trialDuration: 'P1W',
    subscriptionGroup: 'group',
    prorationMode: 'DEFERRED',
    metadata: { campaign: 'spring' },
  })
})

test('webhooks tell where the offering was shown, whoever has the purchase and whatever is told later', async () => {
  const relay = () =>
    relayEvents(shop.ctx, (_event, error) => {
      throw error
    })
  const { token } = await shop.purchase('anna', 'pro_monthly', EVERYTHING)
  await shop.purchase('ben', 'pro_monthly', { presented_offering_identifier: 'default' })
  await relay()
  await post({ ...EVERYTHING, app_user_id: 'cleo', fetch_token: token, presented_placement_identifier: 'elsewhere' })
  shop.clock.advance(32 * DAY_MS)
  await runDue(shop.ctx)
  await relay()
  const told = (await shop.admin('GET', '/admin/events')).body.events.map(
    ({ body: { event } }: { body: { event: Record<string, unknown> } }) => event,
  )
  const contextsOf = (type: string, user: string) =>
    told
      .filter((event: Record<string, unknown>) => event.type === type && event.app_user_id === user)
      .map((event: Record<string, unknown>) => event.presented_offering_context)
  const context = { placement_identifier: 'onboarding', targeting_revision: 2, targeting_rule_id: 'rule' }
  expect(contextsOf('INITIAL_PURCHASE', 'anna')).toEqual([context])
  expect(contextsOf('INITIAL_PURCHASE', 'ben')).toEqual([undefined])
  expect(contextsOf('RENEWAL', 'cleo')[0]).toEqual(context)
})

test('what Roku sends is read: a formatted price, and durations in words', async () => {
  const more = { price: '$0.99', trial_duration: '7 Days', intro_duration: '1 Years', currency: null }
  await shop.purchase('anna', 'pro_monthly', more)
  expect(await factsOf('anna')).toEqual({
    price: { amountMicros: 990_000, currency: 'USD' },
    trialDuration: 'P7D',
    introDuration: 'P1Y',
  })
})

test('no odd value of any field loses a purchase', async () => {
  const odd: unknown[] = [5, -1, '', 'x'.repeat(5_000), true, [], {}, [{}], { a: { b: {} } }]
  for (const [index, value] of odd.entries()) {
    const fields = Object.fromEntries(Object.keys(EVERYTHING).map((name) => [name, value]))
    expect((await shop.purchase(`user-${index}`, 'credits_500', fields)).status).toBe(200)
  }
})

test('the purchase keeps what was told of it first', async () => {
  const { token } = await shop.purchase('anna', 'pro_monthly', { presented_placement_identifier: 'home', price: 5 })
  const again = { app_user_id: 'anna', fetch_token: token, price: 7, presented_placement_identifier: 'settings' }
  expect((await post(again)).status).toBe(200)
  expect(await factsOf('anna')).toMatchObject({ price: { amountMicros: 5_000_000 }, presented: { placement: 'home' } })
})

test('the country is that of the store on the device, else of the receipt, and the latest that was told', async () => {
  await shop.purchase('anna', 'pro_monthly', { store_country: 'ESP' }, { 'x-storefront': 'DEU' })
  await shop.purchase('bert', 'pro_monthly', { store_country: 'ESP' })
  await shop.purchase('carla', 'pro_monthly', { store_country: 'nowhere' })
  expect([await countryOf('anna'), await countryOf('bert'), await countryOf('carla')]).toEqual(['DE', 'ES', null])
  await shop.sdk('GET', '/v1/subscribers/anna', undefined, { 'x-platform': 'ios', 'x-storefront': 'USA' })
  expect(await countryOf('anna')).toBe('US')
  await shop.sdk('GET', '/v1/subscribers/anna', undefined, { 'x-platform': 'android', 'x-storefront': 'zz' })
  await shop.sdk('GET', '/v1/subscribers/anna', undefined, { 'x-storefront': 'FR' })
  expect(await countryOf('anna')).toBe('US')
})

test('purchased_products says to every platform what to consume', async () => {
  const coins = await shop.purchase('anna', 'credits_500', {}, { 'x-platform': 'android' })
  expect(coins.body.purchased_products).toEqual({ credits_500: { should_consume: true } })
  const pro = await shop.purchase('anna', 'pro_monthly', {}, { 'x-platform': 'web' })
  expect(pro.body.purchased_products).toEqual({ pro_monthly: { should_consume: false } })
})

test('bad attributes are told beside the answer, and the purchase stands', async () => {
  const attributes = { good: { value: 'yes' }, 'bad key': { value: 'no' } }
  const answer = await shop.purchase('anna', 'pro_monthly', { attributes })
  expect([answer.status, Object.keys(answer.body.subscriber.entitlements)]).toEqual([200, ['pro']])
  expect(answer.body.attributes_error_response).toMatchObject({
    code: 7263,
    attribute_errors: [{ key_name: 'bad key' }],
  })
  const malformed = await shop.purchase('bert', 'pro_monthly', { attributes: 5 })
  expect([malformed.status, malformed.body.attributes_error_response.code]).toEqual([200, 7264])
})

test('what can never be right is refused for good: a platform in the body, lists that are none, no token', async () => {
  const body = { app_user_id: 'anna', fetch_token: newToken(shop.ctx), product_id: 'pro_monthly' }
  const answers = [
    await post({ ...body, platform: 'ios' }),
    await post({ ...body, product_ids: 'pro_monthly' }),
    await post({ ...body, fetch_token: null }),
    await post({ ...body, fetch_token: '' }),
    await post(body, { 'x-platform': 'toaster' }),
  ]
  expect(answers.map(({ status, body }) => [status, body.code, body.message])).toEqual([
    [400, 7226, 'platform: Extra inputs are not permitted'],
    [400, 7662, expect.any(String)],
    [400, 7226, 'fetch_token: is required'],
    [400, 7226, 'fetch_token: must not be empty'],
    [400, 7000, 'Invalid Platform'],
  ])
})

test('Google Play sells one product at a time', async () => {
  await shop.addApp({ appId: 'app_play', store: 'play_store', publicKey: 'goog_key' })
  const body = { app_user_id: 'anna', fetch_token: 't', product_ids: ['one', 'two'] }
  const answer = await shop.ask('goog_key', 'POST', '/v1/receipts', body, { 'x-platform': 'android' })
  expect([answer.status, answer.body.code]).toEqual([400, 7662])
})

test('a store that cannot be verified yet, with a receipt or with a restore without one, leaves the device its purchase', async () => {
  await shop.addApp({ appId: 'app_ios', store: 'app_store', publicKey: 'appl_key' })
  const headers = { 'x-platform': 'iOS' }
  const posts = [
    { app_user_id: 'anna', fetch_token: 'eyJ.a.b', product_id: 'x' },
    { app_user_id: 'anna', app_transaction: 'eyJ.a.b', transaction_id: '2000', initiation_source: 'restore' },
  ]
  const answers = await Promise.all(posts.map((body) => shop.ask('appl_key', 'POST', '/v1/receipts', body, headers)))
  expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
    [500, 7101],
    [500, 7101],
  ])
})

test('a secret key may post too, if the platform leaves no doubt about the app', async () => {
  const body = { app_user_id: 'anna', fetch_token: newToken(shop.ctx), product_id: 'pro_monthly' }
  const posted = await shop.server('POST', '/v1/receipts', body, { 'x-platform': 'web' })
  expect([posted.status, Object.keys(posted.body.subscriber.entitlements)]).toEqual([200, ['pro']])
  const other = { ...body, fetch_token: 'eyJ' }
  const nowhere = await shop.server('POST', '/v1/receipts', other, { 'x-platform': 'ios' })
  expect([nowhere.status, nowhere.body.code]).toEqual([400, 7000])
  await shop.addApp({ appId: 'app_ios', store: 'app_store', publicKey: 'appl_key' })
  await shop.addApp({ appId: 'app_ios2', store: 'app_store', publicKey: 'appl_key2' })
  const several = await shop.server('POST', '/v1/receipts', other, { 'x-platform': 'ios' })
  expect([several.status, several.body.code]).toEqual([400, 7226])
})

test('history that is brought along tells nobody and leaves no trace of a visit', async () => {
  await shop.sdk('GET', '/v1/subscribers/anna')
  const seen = (await shop.sdk('GET', '/v1/subscribers/anna')).body.subscriber.last_seen
  shop.clock.advance(3_600_000)
  const history = { create_events: false, should_update_last_seen_fields: false }
  const answer = await shop.purchase('anna', 'pro_annual', history)
  expect([answer.status, Object.keys(answer.body.subscriber.entitlements)]).toEqual([200, ['pro']])
  expect(answer.body.subscriber.last_seen).toBe(seen)
  expect(await eventsOf(shop, shop.demo.projectId, 'anna')).toEqual([])
})

test('one receipt posted several times at one moment is one purchase, and every post is answered well', async () => {
  const body = { app_user_id: 'anna', fetch_token: newToken(shop.ctx), product_id: 'credits_500' }
  const answers = await Promise.all(Array.from({ length: 5 }, () => post(body)))
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(200))
  const view = await shop.sdk('GET', '/v1/subscribers/anna')
  expect(view.body.subscriber.non_subscriptions.credits_500).toHaveLength(1)
})
