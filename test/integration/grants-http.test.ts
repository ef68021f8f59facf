import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS } from '../../src/core/lib/clock.ts'
import { ok } from '../../src/core/lib/result.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const shop = newV1Shop()
const ANNA = '/v1/subscribers/anna'
const grant = (body: unknown, entitlement = 'pro', customer = ANNA) =>
  shop.server('POST', `${customer}/entitlements/${entitlement}/promotional`, body)
const revoke = (entitlement = 'pro', customer = ANNA) =>
  shop.server('POST', `${customer}/entitlements/${entitlement}/revoke_promotionals`)
const seconds = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`

test('a grant by its end is answered 201 with customer info, in which the entitlement names the product', async () => {
  expect((await shop.server('GET', ANNA)).status).toBe(201)
  const endsAt = shop.clock.now() + 10 * DAY_MS
  const granted = await grant({ end_time_ms: endsAt })
  expect(granted.status).toBe(201)
  const { entitlements, subscriptions } = granted.body.subscriber
  expect(entitlements.pro).toMatchObject({ product_identifier: 'rc_promo_pro_custom', expires_date: seconds(endsAt) })
  expect(subscriptions.rc_promo_pro_custom).toMatchObject({
    store: 'promotional',
    period_type: 'normal',
    is_sandbox: false,
    ownership_type: 'PURCHASED',
    purchase_date: seconds(shop.clock.now()),
    expires_date: seconds(endsAt),
    store_transaction_id: expect.stringMatching(/^[0-9a-f]{32}$/),
    unsubscribe_detected_at: null,
  })
  const seen = await shop.sdk('GET', ANNA)
  expect(seen.body.subscriber.entitlements).toEqual(entitlements)
  expect(seen.headers.get('x-purser-revision')).toBe(granted.headers.get('x-purser-revision'))
})

test('a repeated grant changes nothing, a longer one does, and a revocation ends both', async () => {
  await shop.server('GET', ANNA)
  const endsAt = shop.clock.now() + 10 * DAY_MS
  const first = await grant({ end_time_ms: endsAt })
  const again = await grant({ end_time_ms: endsAt + 2 * HOUR_MS })
  expect([again.status, again.body.subscriber]).toEqual([201, first.body.subscriber])
  expect(again.headers.get('x-purser-revision')).toBe(first.headers.get('x-purser-revision'))
  const longer = await grant({ duration: 'monthly' })
  expect(longer.body.subscriber.entitlements.pro.product_identifier).toBe('rc_promo_pro_monthly')
  expect(Object.keys(longer.body.subscriber.subscriptions).sort()).toEqual([
    'rc_promo_pro_custom',
    'rc_promo_pro_monthly',
  ])
  const revoked = await revoke()
  expect([revoked.status, revoked.body.subscriber.entitlements.pro.expires_date]).toEqual([
    200,
    seconds(shop.clock.now()),
  ])
  shop.clock.advance(HOUR_MS)
  const same = await revoke()
  expect([same.status, same.body.subscriber]).toEqual([200, revoked.body.subscriber])
})

test('the name of an entitlement is taken as it is, spaces and case included', async () => {
  await shop.server('GET', ANNA)
  const row = { projectId: shop.demo.projectId, entitlementId: 'entl_trainee', lookupKey: 'Trainee Pro' }
  await shop.ctx.transaction(async (tx) => ok(await tx.catalog.insertEntitlement({ ...row, displayName: 'Trainee' })))
  const granted = await grant({ duration: 'three_month' }, 'Trainee%20Pro')
  expect(granted.body.subscriber.entitlements['Trainee Pro'].product_identifier).toBe(
    'rc_promo_Trainee Pro_three_month',
  )
  expect((await grant({ duration: 'daily' }, 'trainee%20pro')).status).toBe(400)
})

const INVALID: Array<[what: string, body: unknown, words: RegExp]> = [
  ['no body', undefined, /body/i],
  ['nothing', {}, /end_time_ms or duration/],
  ['a start alone', { start_time_ms: 5 }, /end_time_ms or duration/],
  ['an unknown duration', { duration: 'fortnight' }, /duration/],
  ['an end in seconds', { end_time_ms: 1_800_000_000 }, /past/],
  ['an end that is a text', { end_time_ms: '1800000000000' }, /end_time_ms/],
  ['an end that is no whole number', { end_time_ms: 1_800_000_000_000.5 }, /end_time_ms/],
  ['an end after the year 9999', { end_time_ms: 253_402_300_800_000 }, /9999/],
]

test('a grant with terms that make no sense is refused with 7226, and with words that help', async () => {
  await shop.server('GET', ANNA)
  for (const [what, body, words] of INVALID) {
    const refused = await grant(body)
    expect([what, refused.status, refused.body.code]).toEqual([what, 400, 7226])
    expect(refused.body.message).toMatch(words)
  }
})

test('unknown customers are 404 and 7259, unknown entitlements 400 and 7226, for both calls', async () => {
  for (const answer of [await grant({ duration: 'daily' }), await revoke()])
    expect([answer.status, answer.body.code]).toEqual([404, 7259])
  expect((await shop.server('GET', ANNA)).status).toBe(201)
  for (const answer of [await grant({ duration: 'daily' }, 'plus'), await revoke('plus')])
    expect([answer.status, answer.body.code]).toEqual([400, 7226])
})
