import { describe, expect, test } from 'vitest'
import { decidePurchase } from './decide-purchase.ts'
import { CATALOG, charge, PERIOD_MS, purchase, START, snapshot } from './fixtures/chain.ts'
import type { Purchase } from './purchase.ts'
import type { PurchaseSnapshot } from './snapshot.ts'

const REFUNDED_AT = START + 1_000
const NOW = START + 2_000

function decide(current: Purchase | null, said: PurchaseSnapshot, now = NOW) {
  const decision = decidePurchase({
    current,
    snapshot: said,
    catalog: CATALOG,
    now,
    purchaseId: 'purch1',
    presentedOffering: null,
  })
  return { ...decision, told: decision.events.map(({ type, data }) => [type, data.reason]) }
}

const refunded = (charges: number, facts: Partial<PurchaseSnapshot> = {}) =>
  snapshot(charges, { refundedAt: REFUNDED_AT, ...facts })

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
      expirationSeenAt: NOW,
    })
    expect(decide(decision.purchase, refunded(1))).toMatchObject({ told: [], refund: null, grants: [] })
  })

  test('with the renewal switched off in the same word is one cancellation, not two', () => {
    const decision = decide(purchase(), refunded(1, { autoRenews: false, unsubscribeDetectedAt: REFUNDED_AT }))
    expect(decision.told.map(([type]) => type)).toEqual(['CANCELLATION', 'EXPIRATION'])
  })

  test('takes back the share that the store says', () => {
    const refundedShare = { refundedMicros: 3_000_000, paidMicros: 9_990_000 }
    const decision = decide(purchase(), refunded(1, { refundedShare }))
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
    const again = decide(renewed.purchase, snapshot(2, { refundedAt: START + PERIOD_MS + 5 }), START + PERIOD_MS + 9)
    expect(again.refund).toMatchObject({ kind: 'take_back', storeTransactionId: 'tx2' })
  })

  test('of a charge that comes together with it is of that charge', () => {
    const { purchase: ended } = decide(purchase(), refunded(1))
    const both = decide(ended, snapshot(2, { refundedAt: START + PERIOD_MS + 5 }), START + PERIOD_MS + 9)
    expect(both.told.map(([type]) => type)).toEqual(['RENEWAL', 'CANCELLATION', 'EXPIRATION'])
    expect(both.refund).toMatchObject({ storeTransactionId: 'tx2' })
  })
})

describe('a refund that is withdrawn', () => {
  test('gives access and units back, and the end is told again when it comes', () => {
    const { purchase: ended } = decide(purchase(), refunded(1))
    const back = decide(ended, snapshot(1))
    expect(back.told.map(([type]) => type)).toEqual(['REFUND_REVERSED'])
    expect(back.refund).toEqual({ kind: 'give_back', storeTransactionId: 'tx1', share: { part: 1, whole: 1 } })
    expect(back.purchase).toMatchObject({ refundedAt: null, expirationSeenAt: null, dueAt: START + PERIOD_MS })
    const off = { autoRenews: false, nextCheckAt: null }
    const over = decide(back.purchase, snapshot(1, off), START + PERIOD_MS)
    expect(over.told).toEqual([['EXPIRATION', 'UNKNOWN']])
  })

  test('after the period is over opens nothing, and its end is not told twice', () => {
    const { purchase: ended } = decide(purchase(), refunded(1))
    const back = decide(ended, snapshot(1, { autoRenews: false, nextCheckAt: null }), START + PERIOD_MS)
    expect(back.told.map(([type]) => type)).toEqual(['REFUND_REVERSED'])
    expect(back.purchase).toMatchObject({ expirationSeenAt: NOW, dueAt: null })
  })
})

test('the refund of a one-time purchase takes all its units back, whatever share of the price it was', () => {
  const coins = [charge(1, { productId: 'coins', expiresAt: null })]
  const facts = { type: 'consumable', autoRenews: false, nextCheckAt: null } as const
  const { purchase: bought } = decide(null, snapshot(coins, facts))
  const refundedShare = { refundedMicros: 1, paidMicros: 9_990_000 }
  const decision = decide(bought, snapshot(coins, { ...facts, refundedAt: REFUNDED_AT, refundedShare }))
  expect(decision.told).toEqual([['CANCELLATION', 'CUSTOMER_SUPPORT']])
  expect(decision.refund).toMatchObject({ kind: 'take_back', share: { part: 1, whole: 1 } })
  expect(decision.purchase.dueAt).toBeNull()
})
