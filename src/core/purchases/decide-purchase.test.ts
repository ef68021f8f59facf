import { describe, expect, test } from 'vitest'
import { decidePurchase, type PurchaseDecision } from './decide-purchase.ts'
import { CATALOG, charge, PERIOD_MS, purchase, START, snapshot, storedOf } from './fixtures/chain.ts'
import type { Purchase } from './purchase.ts'
import type { PurchaseSnapshot } from './snapshot.ts'

/** Decides with a catalogue in which all units of one currency lapse with the period. */
function decideLapsing(current: Purchase | null, said: PurchaseSnapshot, now: number) {
  const [credits] = CATALOG.currencies
  const grants = (credits?.grants ?? []).map((grant) => ({ ...grant, expireAtCycleEnd: true }))
  const catalog = { ...CATALOG, currencies: credits === undefined ? [] : [{ ...credits, grants }] }
  const snapshot = { ...said, asOf: now }
  const own = { purchaseId: 'purch1', presentedOffering: null }
  return decidePurchase({ current, stored: storedOf(current), snapshot, catalog, ...own })
}

function decide(current: Purchase | null, said: PurchaseSnapshot, now: number, offering: string | null = null) {
  return decidePurchase({
    current,
    stored: storedOf(current),
    snapshot: { ...said, asOf: now },
    catalog: CATALOG,
    purchaseId: 'purch1',
    presentedOffering: offering,
  })
}

function types(decision: PurchaseDecision): string[] {
  return decision.events.map((event) => event.type)
}

const NOTHING = { newTransactions: [], changedTransactions: [], events: [], grants: [], refunds: [] }
const cancelled = (at: number) => ({ autoRenews: false, unsubscribeDetectedAt: at, nextCheckAt: null })

describe('the first sight of a chain', () => {
  test('is an initial purchase that gives the units of one charge, in every currency the product feeds', () => {
    const decision = decide(null, snapshot(1), START, 'default')
    expect(types(decision)).toEqual(['INITIAL_PURCHASE'])
    expect(decision.events[0]?.data).toMatchObject({
      purchaseId: 'purch1',
      transactionId: 'tx1',
      originalTransactionId: 'chain1',
      renewalNumber: 1,
      presentedOffering: 'default',
      price: { amountMicros: 9_990_000 },
    })
    expect(decision.grants).toEqual([
      { currency: 'CRD', amount: 500, productId: 'monthly', storeTransactionId: 'tx1', expiresAt: null },
      { currency: 'GEM', amount: 3, productId: 'monthly', storeTransactionId: 'tx1', expiresAt: null },
    ])
    expect(decision.purchase).toEqual(purchase({ presentedOffering: 'default' }))
  })

  test('of a trial gives the trial amount, and no currency that has none', () => {
    const decision = decide(null, snapshot([charge(1, { periodType: 'trial' })]), START)
    expect(decision.grants).toEqual([
      { currency: 'CRD', amount: 50, productId: 'monthly', storeTransactionId: 'tx1', expiresAt: null },
    ])
    expect(decision.events[0]?.data).toMatchObject({ periodType: 'trial' })
  })

  test('gives units that lapse with the period where the grant says so: the trial, or the month that was paid', () => {
    const first = decideLapsing(null, snapshot([charge(1, { periodType: 'trial' })]), START)
    expect(first.grants).toMatchObject([{ amount: 50, expiresAt: START + PERIOD_MS }])
    const renewed = decideLapsing(first.purchase, snapshot(2), START + PERIOD_MS)
    expect(renewed.grants).toMatchObject([{ amount: 500, expiresAt: START + 2 * PERIOD_MS }])
  })

  test('of a one-time purchase gives units that never lapse, whatever the grant says', () => {
    const coins = charge(1, { productId: 'coins', expiresAt: START + PERIOD_MS })
    const decision = decideLapsing(null, snapshot([coins], { type: 'consumable', autoRenews: false }), START)
    expect(decision.grants).toMatchObject([{ amount: 100, expiresAt: null }])
  })

  test('of an old chain tells and gives its latest charge alone: earlier ones are history, but are kept', () => {
    const decision = decide(null, snapshot(4), START + 3.5 * PERIOD_MS)
    expect(types(decision)).toEqual(['RENEWAL'])
    expect(decision.grants.map((grant) => grant.storeTransactionId)).toEqual(['tx4', 'tx4'])
    expect(decision.newTransactions.map((transaction) => transaction.number)).toEqual([1, 2, 3, 4])
    expect(decision.purchase).toMatchObject({ renewalNumber: 4, originalPurchasedAt: START, storeTransactionId: 'tx4' })
  })

  test('of a chain that is over tells its end once and is never due', () => {
    const decision = decide(null, snapshot(2, cancelled(START)), START + 9 * PERIOD_MS)
    expect(types(decision)).toEqual(['RENEWAL', 'EXPIRATION'])
    expect(decision.purchase).toMatchObject({ dueAt: null, expirationSeenAt: START + 2 * PERIOD_MS })
  })

  test('of a one-time purchase is not renewing, gives its units, and is never due', () => {
    const coins = charge(1, { productId: 'coins', expiresAt: null })
    const decision = decide(null, snapshot([coins], { type: 'consumable', autoRenews: false }), START)
    expect(types(decision)).toEqual(['NON_RENEWING_PURCHASE'])
    expect(decision.grants).toMatchObject([{ currency: 'CRD', amount: 100 }])
    expect(decision.purchase.dueAt).toBeNull()
  })

  test('of a refunded one-time purchase is not due again and again', () => {
    const refund = { at: START + 1, micros: null, endsAccess: true }
    const coins = charge(1, { productId: 'coins', expiresAt: null, refund })
    const refunded = snapshot([coins], { type: 'consumable', autoRenews: false })
    expect(decide(null, refunded, START + 2).purchase.dueAt).toBeNull()
  })
})

describe('a new charge', () => {
  test('is a renewal with its own figures and units; the start of the chain stays', () => {
    const decision = decide(purchase({ presentedOffering: 'default' }), snapshot(2), START + PERIOD_MS)
    expect(types(decision)).toEqual(['RENEWAL'])
    expect(decision.events[0]?.data).toMatchObject({ transactionId: 'tx2', renewalNumber: 2, isTrialConversion: false })
    expect(decision.grants.map((grant) => grant.storeTransactionId)).toEqual(['tx2', 'tx2'])
    expect(decision.purchase).toMatchObject({
      originalPurchasedAt: START,
      purchasedAt: START + PERIOD_MS,
      presentedOffering: 'default',
      dueAt: START + 2 * PERIOD_MS,
    })
  })

  test('after a trial is its conversion and gives the full amount', () => {
    const trial = charge(1, { periodType: 'trial' })
    const decision = decide(purchase({ periodType: 'trial' }), snapshot([trial, charge(2)]), START + PERIOD_MS)
    expect(decision.events[0]?.data).toMatchObject({ isTrialConversion: true, periodType: 'normal' })
    expect(decision.grants[0]).toMatchObject({ currency: 'CRD', amount: 500 })
  })

  test('comes together with others when notices were lost: each is told and given, in order', () => {
    const decision = decide(purchase(), snapshot(4), START + 3 * PERIOD_MS)
    expect(decision.events.map((event) => event.data.transactionId)).toEqual(['tx2', 'tx3', 'tx4'])
    expect(decision.grants.filter((grant) => grant.currency === 'CRD')).toHaveLength(3)
    expect(decision.newTransactions.map((transaction) => transaction.number)).toEqual([2, 3, 4])
  })

  test('after the end was told opens the chain again, and its next end is told again', () => {
    const over = purchase({
      autoRenews: false,
      unsubscribeDetectedAt: START,
      expirationSeenAt: START + PERIOD_MS,
      dueAt: null,
    })
    const back = decide(over, snapshot([charge(1), charge(4)]), START + 3 * PERIOD_MS)
    expect(types(back)).toEqual(['RENEWAL'])
    expect(back.purchase).toMatchObject({ expirationSeenAt: null, unsubscribeDetectedAt: null })
    const end = decide(back.purchase, snapshot([charge(1), charge(4)], cancelled(START)), START + 4 * PERIOD_MS)
    expect(types(end)).toEqual(['CANCELLATION', 'EXPIRATION'])
  })
})

describe('a notice that brings nothing new', () => {
  test('changes nothing: neither units nor events come twice', () => {
    const { purchase: known } = decide(null, snapshot(3), START + 2 * PERIOD_MS)
    expect(decide(known, snapshot(3), START + 2.5 * PERIOD_MS)).toEqual({
      ...NOTHING,
      purchase: { ...known, asOf: START + 2.5 * PERIOD_MS },
    })
  })

  test('because it is older than what is stored does not turn the chain back, so its next one is not a second renewal', () => {
    const { purchase: known } = decide(purchase(), snapshot(3), START + 2 * PERIOD_MS)
    const late = decide(known, snapshot(1), START + 2 * PERIOD_MS - 1)
    expect(late).toEqual({ ...NOTHING, purchase: known })
    expect(decide(late.purchase, snapshot(3), START + 2 * PERIOD_MS + 2)).toMatchObject(NOTHING)
  })
})

describe('the end of a subscription', () => {
  test('is announced by a cancellation, which leaves access until the paid end', () => {
    const decision = decide(purchase(), snapshot(1, cancelled(START + 5)), START + 5)
    expect(types(decision)).toEqual(['CANCELLATION'])
    expect(decision.events[0]?.data).toMatchObject({ reason: 'UNSUBSCRIBE', transactionId: 'tx1' })
    expect(decision.purchase).toMatchObject({ expiresAt: START + PERIOD_MS, dueAt: START + PERIOD_MS })
  })

  test('can be taken back: no charge, no units, and a renewal is expected again', () => {
    const { purchase: ending } = decide(purchase(), snapshot(1, cancelled(START + 5)), START + 5)
    const decision = decide(ending, snapshot(1), START + 6)
    expect(decision).toMatchObject({ grants: [], purchase: { unsubscribeDetectedAt: null, autoRenews: true } })
    expect(types(decision)).toEqual(['UNCANCELLATION'])
  })

  test('is told once, at the paid end and not before', () => {
    const { purchase: ending } = decide(purchase(), snapshot(1, cancelled(START + 5)), START + 5)
    const said = snapshot(1, cancelled(START + 5))
    expect(types(decide(ending, said, START + PERIOD_MS - 1))).toEqual([])
    const end = decide(ending, said, START + PERIOD_MS)
    expect(types(end)).toEqual(['EXPIRATION'])
    expect(end.events[0]?.data).toMatchObject({ reason: 'UNSUBSCRIBE' })
    expect(end.purchase.dueAt).toBeNull()
    expect(decide(end.purchase, said, START + PERIOD_MS + 1)).toMatchObject(NOTHING)
  })

  test('that nobody asked for is told together with its reason being unknown', () => {
    const gone = snapshot(1, { autoRenews: false, nextCheckAt: null })
    expect(decide(purchase(), gone, START + PERIOD_MS).events).toMatchObject([
      { type: 'EXPIRATION', data: { reason: 'UNKNOWN' } },
    ])
  })

  test('waits for the end of grace, while the store still tries to charge', () => {
    const graceExpiresAt = START + PERIOD_MS + 10
    const said = snapshot(1, { ...cancelled(START), graceExpiresAt })
    const inGrace = decide(purchase({ unsubscribeDetectedAt: START }), said, START + PERIOD_MS + 5)
    expect(types(inGrace)).toEqual([])
    expect(inGrace.purchase.dueAt).toBe(graceExpiresAt)
    expect(types(decide(inGrace.purchase, said, graceExpiresAt))).toEqual(['EXPIRATION'])
  })

  test('of a one-time purchase is never told: it has none', () => {
    const coins = purchase({ type: 'consumable', productId: 'coins', expiresAt: null, autoRenews: false, dueAt: null })
    const said = snapshot([charge(1, { productId: 'coins', expiresAt: null })], {
      type: 'consumable',
      ...cancelled(START),
    })
    expect(types(decide(coins, said, START + 9 * PERIOD_MS))).not.toContain('EXPIRATION')
  })
})

test('a product that is no longer in the catalogue gives no units, and its charge is still recorded', () => {
  const decision = decide(null, snapshot([charge(1, { productId: 'gone' })]), START)
  expect(decision.grants).toEqual([])
  expect(decision.newTransactions).toHaveLength(1)
})

test('a store that says nothing about a chain is a fault of its adapter', () => {
  expect(() => decide(null, snapshot([]), START)).toThrow('a snapshot has at least one transaction')
})
