import { describe, expect, test } from 'vitest'
import { decidePurchase } from './decide-purchase.ts'
import { CATALOG, charge, PERIOD_MS, purchase, START, snapshot, storedOf } from './fixtures/chain.ts'
import type { Purchase, PurchaseTransaction, Refund } from './purchase.ts'
import type { PurchaseSnapshot } from './snapshot.ts'

const REFUNDED_AT = START + 1_000
const NOW = START + 2_000

function decide(current: Purchase | null, said: PurchaseSnapshot, now = NOW) {
  const decision = decidePurchase({
    current,
    stored: storedOf(current),
    snapshot: { ...said, asOf: now },
    catalog: CATALOG,
    purchaseId: 'purch1',
    presentedOffering: null,
  })
  return {
    ...decision,
    refund: decision.refunds[0] ?? null,
    told: decision.events.map(({ type, data }) => [type, data.reason]),
  }
}

/** A store's word in which the latest charge was given back, or was not. */
function withRefund(charges: number, refund: Refund | null, facts: Partial<PurchaseSnapshot> = {}): PurchaseSnapshot {
  const said = snapshot(charges, facts)
  return { ...said, transactions: said.transactions.with(-1, charge(charges, { refund })) }
}

const refundAt = (at: number, micros: number | null = null): Refund => ({ at, micros, endsAccess: true })
const refunded = (charges: number, facts: Partial<PurchaseSnapshot> = {}) =>
  withRefund(charges, refundAt(REFUNDED_AT), { autoRenews: false, nextCheckAt: null, ...facts })

describe('the refund of a subscription', () => {
  test('ends access, tells so once, takes the units of its latest charge back, and is never due again', () => {
    const decision = decide(purchase(), refunded(1))
    expect(decision.told).toEqual([
      ['CANCELLATION', 'CUSTOMER_SUPPORT'],
      ['EXPIRATION', 'CUSTOMER_SUPPORT'],
    ])
    expect(decision.refund).toEqual({ kind: 'take_back', storeTransactionId: 'tx1', share: { part: 1, whole: 1 } })
    expect(decision.purchase).toMatchObject({
      refundedAt: REFUNDED_AT,
      autoRenews: false,
      dueAt: null,
      expirationSeenAt: REFUNDED_AT,
    })
    const again = decide(decision.purchase, refunded(1), NOW + 1)
    expect(again).toMatchObject({ told: [], refund: null, grants: [] })
  })

  test('with the renewal switched off in the same word is one cancellation, not two', () => {
    const decision = decide(purchase(), refunded(1, { autoRenews: false, unsubscribeDetectedAt: REFUNDED_AT }))
    expect(decision.told.map(([type]) => type)).toEqual(['CANCELLATION', 'EXPIRATION'])
  })

  test('of the whole after a part gives the part back and takes the whole', () => {
    const part = { at: REFUNDED_AT, micros: 3_000_000, endsAccess: false }
    const half = decide(purchase(), withRefund(1, part))
    const stored = [{ ...storedOf(purchase())[0], refund: part }] as PurchaseTransaction[]
    const snapshot = { ...refunded(1), asOf: NOW + 1 }
    snapshot.transactions = [charge(1, { refund: refundAt(NOW) })]
    const own = { purchaseId: 'purch1', presentedOffering: null, catalog: CATALOG }
    const whole = decidePurchase({ current: half.purchase, stored, snapshot, ...own })
    expect(half.told).toEqual([])
    expect(whole.refunds.map(({ kind, share }) => [kind, share.part / share.whole])).toEqual([
      ['give_back', 1],
      ['take_back', 1],
    ])
    expect(whole.events.map(({ type }) => type)).toEqual(['CANCELLATION', 'EXPIRATION'])
  })

  test('takes back the share that the store says', () => {
    const decision = decide(purchase(), withRefund(1, refundAt(REFUNDED_AT, 3_000_000)))
    expect(decision.events[0]?.data.price).toEqual({ amountMicros: -3_000_000, currency: 'USD' })
    expect(decision.refund?.share).toEqual({ part: 3_000_000, whole: 9_990_000 })
  })

  test('after its end was told takes the units back without telling the end again', () => {
    const over = purchase({ autoRenews: false, expirationSeenAt: START + PERIOD_MS, dueAt: null })
    const decision = decide(over, refunded(1, { autoRenews: false }), START + 2 * PERIOD_MS)
    expect(decision.told).toEqual([['CANCELLATION', 'CUSTOMER_SUPPORT']])
    expect(decision.refund?.kind).toBe('take_back')
  })

  test('that is known from the first sight on grants and takes back, so that its withdrawal can give back', () => {
    const decision = decide(null, refunded(1))
    expect(decision.told.map(([type]) => type)).toEqual(['INITIAL_PURCHASE', 'CANCELLATION', 'EXPIRATION'])
    expect(decision.grants).toHaveLength(2)
    expect(decision.refund).toMatchObject({ kind: 'take_back', storeTransactionId: 'tx1' })
  })

  test('is over with the next charge: that one was paid, and the earlier refund was not withdrawn', () => {
    const { purchase: ended } = decide(purchase(), refunded(1))
    const renewed = decide(ended, snapshot(2), START + PERIOD_MS)
    expect(renewed.told.map(([type]) => type)).toEqual(['RENEWAL'])
    expect(renewed).toMatchObject({ refund: null, purchase: { refundedAt: null, expirationSeenAt: null } })
    const again = decide(renewed.purchase, withRefund(2, refundAt(START + PERIOD_MS + 5)), START + PERIOD_MS + 9)
    expect(again.refund).toMatchObject({ kind: 'take_back', storeTransactionId: 'tx2' })
  })

  test('of a charge that comes together with it is of that charge', () => {
    const { purchase: ended } = decide(purchase(), refunded(1))
    const both = decide(ended, withRefund(2, refundAt(START + PERIOD_MS + 5)), START + PERIOD_MS + 9)
    expect(both.told.map(([type]) => type)).toEqual(['RENEWAL', 'CANCELLATION', 'EXPIRATION'])
    expect(both.refund).toMatchObject({ storeTransactionId: 'tx2' })
  })
})

describe('a refund that is withdrawn', () => {
  test('gives access and units back, and the end is told again when it comes', () => {
    const { purchase: ended } = decide(purchase(), refunded(1))
    const back = decide(ended, withRefund(1, null), NOW + 1)
    expect(back.told.map(([type]) => type)).toEqual(['REFUND_REVERSED'])
    expect(back.refund).toEqual({ kind: 'give_back', storeTransactionId: 'tx1', share: { part: 1, whole: 1 } })
    expect(back.purchase).toMatchObject({ refundedAt: null, expirationSeenAt: null, dueAt: START + PERIOD_MS })
    const off = { autoRenews: false, nextCheckAt: null }
    const over = decide(back.purchase, snapshot(1, off), START + PERIOD_MS)
    expect(over.told).toEqual([['EXPIRATION', 'UNKNOWN']])
  })

  test('after the period is over opens nothing, and its end is not told twice', () => {
    const { purchase: ended } = decide(purchase(), refunded(1))
    const back = decide(ended, withRefund(1, null, { autoRenews: false, nextCheckAt: null }), START + PERIOD_MS)
    expect(back.told.map(([type]) => type)).toEqual(['REFUND_REVERSED'])
    expect(back.purchase).toMatchObject({ expirationSeenAt: START + PERIOD_MS, dueAt: null })
  })
})

test('the refund of a one-time purchase takes all its units back, whatever share of the price it was', () => {
  const coins = [charge(1, { productId: 'coins', expiresAt: null })]
  const facts = { type: 'consumable', autoRenews: false, nextCheckAt: null } as const
  const { purchase: bought } = decide(null, snapshot(coins, facts))
  const back = coins.map((coin) => ({ ...coin, refund: refundAt(REFUNDED_AT, 1) }))
  const decision = decide(bought, snapshot(back, facts), NOW + 1)
  expect(decision.told).toEqual([['CANCELLATION', 'CUSTOMER_SUPPORT']])
  expect(decision.refund).toMatchObject({ kind: 'take_back', share: { part: 1, whole: 1 } })
  expect(decision.purchase.dueAt).toBeNull()
})
