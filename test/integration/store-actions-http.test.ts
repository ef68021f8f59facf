import { describe, expect, test } from 'vitest'
import { DAY_MS } from '../../src/core/lib/clock.ts'
import { eventsOf } from '../support/history.ts'
import { newV1Shop } from '../support/v1-shop.ts'

const shop = newV1Shop()
const ANNA = '/v1/subscribers/anna'
const act = (path: string, body?: unknown) => shop.server('POST', `${ANNA}${path}`, body)
const seconds = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`
const lifeSince = async (from: number) =>
  (await eventsOf(shop, shop.demo.projectId, 'anna'))
    .slice(from)
    .filter(({ type }) => type !== 'VIRTUAL_CURRENCY_TRANSACTION')
    .map(({ type, data }) => [type, data.reason ?? null])

/** Buys the monthly subscription, and answers its transaction and its end. */
async function subscribe() {
  const bought = await shop.purchase('anna', 'pro_monthly')
  expect(bought.status).toBe(200)
  const { store_transaction_id: id, expires_date: end } = bought.body.subscriber.subscriptions.pro_monthly
  return { id: id as string, endsAt: Date.parse(end), told: (await eventsOf(shop, shop.demo.projectId, 'anna')).length }
}

describe('with the Test Store, which can do everything,', () => {
  test('revoke ends access now and gives the payment back', async () => {
    const { told } = await subscribe()
    const answer = await act('/subscriptions/pro_monthly/revoke')
    const now = seconds(shop.clock.now())
    expect(answer.status).toBe(200)
    expect(answer.body.subscriber.subscriptions.pro_monthly).toMatchObject({ refunded_at: now, expires_date: now })
    expect(answer.body.subscriber.entitlements.pro.expires_date).toBe(now)
    expect((await lifeSince(told))[0]).toEqual(['CANCELLATION', 'CUSTOMER_SUPPORT'])
    expect((await lifeSince(told)).map(([type]) => type)).toContain('EXPIRATION')
  })

  test('refund does the same to a transaction', async () => {
    const { id, told } = await subscribe()
    const answer = await act(`/transactions/${id}/refund`)
    expect(answer.body.subscriber.subscriptions.pro_monthly.refunded_at).toBe(seconds(shop.clock.now()))
    expect((await lifeSince(told))[0]).toEqual(['CANCELLATION', 'CUSTOMER_SUPPORT'])
  })

  test('cancel switches the renewal off and leaves what is paid', async () => {
    const { id, endsAt, told } = await subscribe()
    const answer = await act(`/subscriptions/${id}/cancel`)
    expect(answer.body.subscriber.subscriptions.pro_monthly).toMatchObject({
      unsubscribe_detected_at: seconds(shop.clock.now()),
      expires_date: seconds(endsAt),
    })
    expect(await lifeSince(told)).toEqual([['CANCELLATION', 'DEVELOPER_INITIATED']])
  })

  test('defer moves the end to an instant, or by days', async () => {
    const { endsAt, told } = await subscribe()
    const moved = await act('/subscriptions/pro_monthly/defer', { expiry_time_ms: endsAt + DAY_MS })
    expect(moved.body.subscriber.entitlements.pro.expires_date).toBe(seconds(endsAt + DAY_MS))
    const more = await act('/subscriptions/pro_monthly/defer', { extend_by_days: 365 })
    expect(more.body.subscriber.entitlements.pro.expires_date).toBe(seconds(endsAt + 366 * DAY_MS))
    expect((await lifeSince(told)).map(([type]) => type)).toEqual(['SUBSCRIPTION_EXTENDED', 'SUBSCRIPTION_EXTENDED'])
  })

  test('extend gives days', async () => {
    const { id, endsAt, told } = await subscribe()
    const answer = await act(`/subscriptions/${id}/extend`, { extend_by_days: 90, extend_reason_code: 3 })
    expect(answer.body.subscriber.entitlements.pro.expires_date).toBe(seconds(endsAt + 90 * DAY_MS))
    expect((await lifeSince(told)).map(([type]) => type)).toEqual(['SUBSCRIPTION_EXTENDED'])
  })

  test('an action that the store will not do is 400 and 7101', async () => {
    const { id } = await subscribe()
    await act('/subscriptions/pro_monthly/revoke')
    for (const answer of [await act(`/transactions/${id}/refund`), await act(`/subscriptions/${id}/cancel`)])
      expect([answer.status, answer.body.code]).toEqual([400, 7101])
  })
})

const INVALID: Array<[what: string, path: string, body: unknown]> = [
  ['defer without anything', '/subscriptions/pro_monthly/defer', {}],
  ['defer without a body', '/subscriptions/pro_monthly/defer', undefined],
  ['defer by no day', '/subscriptions/pro_monthly/defer', { extend_by_days: 0 }],
  ['defer by more than a year', '/subscriptions/pro_monthly/defer', { extend_by_days: 366 }],
  ['defer to a text', '/subscriptions/pro_monthly/defer', { expiry_time_ms: '1' }],
  ['defer to what is not later', '/subscriptions/pro_monthly/defer', { expiry_time_ms: Date.UTC(2026, 1, 28, 10) }],
  ['extend without a reason', '/subscriptions/x/extend', { extend_by_days: 5 }],
  ['extend without days', '/subscriptions/x/extend', { extend_reason_code: 0 }],
  ['extend by no day', '/subscriptions/x/extend', { extend_by_days: 0, extend_reason_code: 0 }],
  ['extend by 91 days', '/subscriptions/x/extend', { extend_by_days: 91, extend_reason_code: 0 }],
  ['extend for an unknown reason', '/subscriptions/x/extend', { extend_by_days: 1, extend_reason_code: 4 }],
]

test('a body that is not valid is 400 and 7226', async () => {
  await subscribe()
  for (const [what, path, body] of INVALID) {
    const answer = await act(path, body)
    expect([what, answer.status, answer.body.code]).toEqual([what, 400, 7226])
  }
})

const ACTIONS: Array<[string, unknown?]> = [
  ['/subscriptions/other/revoke'],
  ['/subscriptions/other/defer', { extend_by_days: 1 }],
  ['/subscriptions/other/cancel'],
  ['/subscriptions/other/extend', { extend_by_days: 1, extend_reason_code: 0 }],
  ['/transactions/other/refund'],
]

test('an action on an unknown customer, or on a purchase of somebody else, is 404 and 7259', async () => {
  const expectNotFound = async () => {
    for (const [path, body] of ACTIONS) {
      const answer = await act(path, body)
      expect([path, answer.status, answer.body.code]).toEqual([path, 404, 7259])
    }
  }
  await expectNotFound()
  await shop.server('GET', ANNA)
  const bought = await shop.purchase('ben', 'pro_monthly')
  const { store_transaction_id: id } = bought.body.subscriber.subscriptions.pro_monthly
  await expectNotFound()
  const ofBen = await act(`/transactions/${id}/refund`)
  expect([ofBen.status, ofBen.body.code]).toEqual([404, 7259])
})
