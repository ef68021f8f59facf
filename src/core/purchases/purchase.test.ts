import { describe, expect, test } from 'vitest'
import { PERIOD_MS, purchase, START, snapshot, storedOf } from './fixtures/chain.ts'
import { accessEndsAt, givesAccess } from './purchase.ts'
import { snapshotOf, withoutRenewal } from './stored-snapshot.ts'

const END = START + PERIOD_MS

describe('access', () => {
  test('ends with the paid period, at its last instant', () => {
    expect(accessEndsAt(purchase())).toBe(END)
    expect(givesAccess(purchase(), END - 1)).toBe(true)
    expect(givesAccess(purchase(), END)).toBe(false)
  })

  test('lasts until the end of grace, and a grace that is over does not shorten a later period', () => {
    expect(accessEndsAt(purchase({ graceExpiresAt: END + 5 }))).toBe(END + 5)
    expect(accessEndsAt(purchase({ graceExpiresAt: START + 5 }))).toBe(END)
  })

  test('ends with a refund, whatever was paid for', () => {
    expect(accessEndsAt(purchase({ refundedAt: START + 7, graceExpiresAt: END + 5 }))).toBe(START + 7)
    expect(accessEndsAt(purchase({ refundedAt: START + 7, expiresAt: null }))).toBe(START + 7)
  })

  test('of a purchase without an end is for ever', () => {
    expect(accessEndsAt(purchase({ expiresAt: null }))).toBeNull()
    expect(givesAccess(purchase({ expiresAt: null }), END * 10)).toBe(true)
  })
})

describe('the stored chain', () => {
  test('reads like the word of the store that it came from', () => {
    const said = snapshot(1)
    const transactions = storedOf(purchase())
    expect(snapshotOf(purchase(), transactions, START + 1)).toEqual({
      ...said,
      asOf: START + 1,
      transactions,
      nextCheckAt: null,
    })
  })

  test('is always told as newer than what is stored, whatever the clock says', () => {
    expect(snapshotOf(purchase({ asOf: START + 9 }), storedOf(purchase()), START).asOf).toBe(START + 10)
  })

  test('without renewal keeps what is paid, and the first instant at which renewal was seen off', () => {
    expect(withoutRenewal(snapshot(2), START + 9)).toMatchObject({
      autoRenews: false,
      unsubscribeDetectedAt: START + 9,
      nextCheckAt: null,
      transactions: snapshot(2).transactions,
    })
    expect(withoutRenewal(snapshot(2, { unsubscribeDetectedAt: START }), START + 9).unsubscribeDetectedAt).toBe(START)
  })
})
