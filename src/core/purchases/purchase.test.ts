import { describe, expect, test } from 'vitest'
import { PERIOD_MS, purchase, START, snapshot } from './fixtures/chain.ts'
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
    const transactions = said.transactions.map((transaction) => ({ ...transaction, number: 1 }))
    expect(snapshotOf(purchase(), transactions)).toEqual({ ...said, transactions, nextCheckAt: null })
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
