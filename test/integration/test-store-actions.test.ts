import { describe, expect, test } from 'vitest'
import { eventsOf } from '../support/history.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const shop = newV1Shop()
const PRODUCT = { product_id: 'pro_monthly' }
const act = (action: string, more: object = {}) =>
  shop.admin('POST', '/admin/test-store/users/anna/actions', { ...PRODUCT, action, ...more })

/** What is told of anna from now on, with its reason. */
async function toldAfter(work: () => Promise<unknown>): Promise<unknown[]> {
  const before = (await eventsOf(shop, shop.demo.projectId, 'anna')).length
  await work()
  const events = (await eventsOf(shop, shop.demo.projectId, 'anna')).slice(before)
  return events
    .filter(({ type }) => type !== 'VIRTUAL_CURRENCY_TRANSACTION')
    .map(({ type, data }) => (data.reason === undefined ? type : `${type} ${data.reason}`))
}

async function subscriber() {
  return (await shop.sdk('GET', '/v1/subscribers/anna')).body.subscriber
}

const hasPro = async () => Date.parse((await subscriber()).entitlements.pro.expires_date) > shop.clock.now()

describe('a tester makes happen what a buyer or a bank would, and everything follows', () => {
  test('a charge that fails, with grace and a recovery, as apps see it', async () => {
    await shop.purchase('anna', 'pro_monthly')
    shop.clock.advance(60_000)
    expect(await toldAfter(() => act('fail_billing', { grace_days: 3 }))).toEqual([
      'BILLING_ISSUE',
      'CANCELLATION BILLING_ERROR',
    ])
    const { subscriptions } = await subscriber()
    expect(subscriptions.pro_monthly).toMatchObject({
      billing_issues_detected_at: expect.any(String),
      grace_period_expires_date: expect.any(String),
      unsubscribe_detected_at: null,
    })
    expect(subscriptions.pro_monthly.expires_date).toBe(subscriptions.pro_monthly.grace_period_expires_date)
    expect(await hasPro()).toBe(true)
    shop.clock.advance(60_000)
    expect(await toldAfter(() => act('renew'))).toEqual(['RENEWAL'])
    expect((await subscriber()).subscriptions.pro_monthly).toMatchObject({
      billing_issues_detected_at: null,
      grace_period_expires_date: null,
    })
  })

  test('a charge that fails without grace ends access, and giving it up tells nothing more', async () => {
    await shop.purchase('anna', 'pro_monthly')
    shop.clock.advance(60_000)
    expect(await toldAfter(() => act('fail_billing', { grace_days: 0 }))).toEqual([
      'BILLING_ISSUE',
      'CANCELLATION BILLING_ERROR',
      'EXPIRATION BILLING_ERROR',
    ])
    expect(await hasPro()).toBe(false)
    expect(await toldAfter(() => act('give_up_billing'))).toEqual([])
  })

  test('a refund that leaves the renewal on, and its withdrawal, move access and units there and back', async () => {
    await shop.purchase('anna', 'pro_monthly')
    const units = async () =>
      (await shop.sdk('GET', '/v1/subscribers/anna/virtual_currencies')).body.virtual_currencies.CRD.balance
    expect(await units()).toBe(500)
    shop.clock.advance(60_000)
    const refunded = await toldAfter(() => act('refund_latest'))
    expect(refunded).toEqual(['CANCELLATION CUSTOMER_SUPPORT', 'EXPIRATION CUSTOMER_SUPPORT'])
    expect([await hasPro(), await units()]).toEqual([false, 0])
    shop.clock.advance(60_000)
    expect(await toldAfter(() => act('reverse_refund'))).toEqual(['REFUND_REVERSED'])
    expect([await hasPro(), await units()]).toEqual([true, 500])
  })

  test('another product at once shows the old one as ended, and the new one as running', async () => {
    await shop.purchase('anna', 'pro_monthly')
    shop.clock.advance(60_000)
    const change = { new_product_id: 'pro_annual', at_renewal: false }
    expect(await toldAfter(() => act('change_product', change))).toEqual(['PRODUCT_CHANGE', 'RENEWAL'])
    const { subscriptions, entitlements } = await subscriber()
    expect(Object.keys(subscriptions).sort()).toEqual(['pro_annual', 'pro_monthly'])
    expect(Date.parse(subscriptions.pro_monthly.expires_date)).toBeLessThanOrEqual(shop.clock.now())
    expect(subscriptions.pro_monthly.refunded_at).toBeNull()
    expect(entitlements.pro.product_identifier).toBe('pro_annual')
  })

  test('a pause is told when it is planned, and shows when it ends', async () => {
    await shop.purchase('anna', 'pro_monthly')
    expect(await toldAfter(() => act('pause', { days: 30 }))).toEqual(['SUBSCRIPTION_PAUSED'])
    expect((await subscriber()).subscriptions.pro_monthly.auto_resume_date).toEqual(expect.any(String))
    expect(await hasPro()).toBe(true)
  })
})

describe('what makes no sense is refused with its reason', () => {
  test.each([
    ['uncancel', {}, 'it renews, or has ended'],
    ['give_up_billing', {}, 'no charge has failed'],
    ['reverse_refund', {}, 'it was not given back'],
    ['change_product', { new_product_id: 'credits_500', at_renewal: true }, 'does not sell the subscription'],
  ])('%s', async (action, more, words) => {
    await shop.purchase('anna', 'pro_monthly')
    const answer = await act(action, more)
    expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining(words)])
  })

  test('for nobody, for a purchase that is not there, and for a body that says too little or too much', async () => {
    expect((await act('renew')).status).toBe(404)
    await shop.purchase('anna', 'credits_500')
    expect((await act('renew')).body.detail).toContain('purchase_not_found')
    const path = '/admin/test-store/users/anna/actions'
    for (const [body, word] of [
      [{ action: 'renew' }, 'either product_id or store_transaction_id'],
      [{ ...PRODUCT, store_transaction_id: 'x', action: 'renew' }, 'either product_id or store_transaction_id'],
      [{ ...PRODUCT, action: 'explode' }, 'action: must be one of'],
      [{ ...PRODUCT, action: 'pause' }, 'days: must be a whole number'],
      [{ ...PRODUCT, action: 'pause', days: 366 }, 'days: must be a whole number'],
      [{ ...PRODUCT, action: 'renew', days: 3 }, '"days": is not a known field'],
    ] as const) {
      const answer = await shop.admin('POST', path, body)
      expect([answer.status, answer.body.detail]).toEqual([422, expect.stringContaining(word)])
    }
    expect((await shop.ask(null, 'POST', path, { ...PRODUCT, action: 'renew' })).status).toBe(401)
  })
})
