import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyChange } from './apply-change.ts'
import { EMPTY, lot, posted, wallet } from './fixtures/wallets.ts'
import { mergeWallets } from './merge-wallets.ts'
import { spendOrder } from './spend-order.ts'
import type { Lot, Wallet } from './wallet.ts'

const CAP = 1_000
const POLICY = { floor: 0, cap: CAP }

function merge(absorbed: Wallet, kept: Wallet) {
  let made = 0
  const moved = mergeWallets(absorbed, kept, POLICY, () => `new${++made}`)
  if (moved === null) throw new Error('there was nothing to merge')
  return { ...moved, absorbed: applyChange(absorbed, moved.leave), kept: applyChange(kept, moved.arrive) }
}

describe('merging two wallets', () => {
  test('adds the balances up, and each lot keeps its end, its age and the purchase it came from', () => {
    const facts = { expiresAt: 70, createdAt: 3, purchaseId: 'purch1', source: 'purchase' as const }
    const merged = merge(wallet(lot('a', 300, facts), lot('b', 100)), wallet(lot('c', 50)))
    expect(merged.kept.balance).toBe(450)
    expect(merged.absorbed).toMatchObject({ balance: 0, lots: [] })
    expect(merged.arrive.newLots).toContainEqual({ ...lot('new2', 300, facts), source: 'merge', originLotId: 'a' })
  })

  test('takes the debt along, and the units that holds keep, which do not touch what can be spent', () => {
    const moved = mergeWallets({ ...EMPTY, owed: 7 }, { ...EMPTY, owed: 1 }, POLICY, () => 'new', 20)
    if (moved === null) throw new Error('there was something to merge')
    const amounts = ['wallet', 'owed', 'held', 'merged'] as const
    expect(amounts.map((account) => posted(moved.leave, account))).toEqual([0, 7, -20, 13])
    expect(amounts.map((account) => posted(moved.arrive, account))).toEqual([0, -7, 20, -13])
    expect([moved.leave.owedAfter, moved.arrive.owedAfter, moved.arrive.balanceAfter]).toEqual([0, 8, 0])
    expect(mergeWallets(EMPTY, EMPTY, POLICY, () => 'new', 20)).not.toBeNull()
  })

  test('pays a debt of either out of the units of the other, first what lapses soonest', () => {
    const soon = lot('soon', 5, { expiresAt: 10 })
    const arriving = mergeWallets(wallet(lot('ever', 9), soon), { ...EMPTY, owed: 8 }, POLICY, () => 'new')
    expect(arriving?.arrive).toMatchObject({
      balanceAfter: 6,
      owedAfter: 0,
      newLots: [{ originLotId: 'ever', granted: 6 }],
    })
    const owing = mergeWallets({ ...EMPTY, owed: 8 }, wallet(lot('ever', 9), soon), POLICY, () => 'new')
    expect(owing?.arrive).toMatchObject({ balanceAfter: 6, owedAfter: 0, newLots: [] })
    expect(owing?.arrive.draws).toEqual([
      { lotId: 'soon', amount: 5 },
      { lotId: 'ever', amount: 3 },
    ])
  })

  test('of an empty one is nothing at all', () => {
    expect(mergeWallets(EMPTY, wallet(lot('c', 50)), POLICY, () => 'new')).toBeNull()
  })

  test('beyond the cap keeps the lots that live longest, and posts the rest where it can be seen', () => {
    const merged = merge(wallet(lot('soon', 300, { expiresAt: 10 }), lot('ever', 300)), wallet(lot('c', 600)))
    expect(merged.kept.balance).toBe(CAP)
    expect(merged.arrive.newLots).toMatchObject([
      { expiresAt: null, remaining: 300 },
      { expiresAt: 10, remaining: 100, granted: 100 },
    ])
    expect(posted(merged.arrive, 'over_cap')).toBe(200)
  })

  test('into a full one leaves no empty posting and no empty lot', () => {
    const merged = merge(wallet(lot('a', 5)), wallet(lot('c', CAP)))
    expect(merged.arrive).toMatchObject({ newLots: [], balanceAfter: CAP })
    expect(merged.arrive.postings.map(({ account, amount }) => [account, amount])).toEqual([
      ['merged', -5],
      ['over_cap', 5],
    ])
  })
})

const anyLot = fc.record({
  remaining: fc.integer({ min: 1, max: 250 }),
  expiresAt: fc.option(fc.nat(5)),
  createdAt: fc.nat(5),
})
const lots = (prefix: string) =>
  fc
    .array(anyLot, { maxLength: 4 })
    .map((facts) => facts.map((fact, index) => lot(`${prefix}${index}`, fact.remaining, fact)))

test('a merge conserves units: what left arrived, in the wallet or above the cap', () => {
  fc.assert(
    fc.property(lots('a'), lots('k'), (leaving, staying) => {
      fc.pre(leaving.length > 0)
      const before = { absorbed: wallet(...leaving), kept: wallet(...staying) }
      const merged = merge(before.absorbed, before.kept)
      for (const change of [merged.leave, merged.arrive]) {
        expect(change.postings.reduce((sum, { amount }) => sum + amount, 0)).toBe(0)
        expect(change.postings.every(({ amount }) => amount !== 0)).toBe(true)
      }
      expect(posted(merged.leave, 'merged') + posted(merged.arrive, 'merged')).toBe(0)
      expect(merged.absorbed).toMatchObject({ balance: 0, lots: [] })
      const total = before.absorbed.balance + before.kept.balance
      expect(merged.kept.balance + posted(merged.arrive, 'over_cap')).toBe(total)
      expect(merged.kept.balance).toBe(Math.min(total, Math.max(CAP, before.kept.balance)))
      expect(merged.kept.lots.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(merged.kept.balance)
    }),
  )
})

test('a merge that fits spends in the order in which the lots of both would have been spent together', () => {
  const ages = (order: readonly Lot[]) => order.map(({ expiresAt, createdAt }) => [expiresAt, createdAt])
  fc.assert(
    fc.property(lots('a'), lots('k'), (leaving, staying) => {
      const total = wallet(...leaving, ...staying).balance
      fc.pre(leaving.length > 0 && total <= CAP)
      const merged = merge(wallet(...leaving), wallet(...staying))
      expect(ages(spendOrder(merged.kept.lots))).toEqual(ages(spendOrder([...leaving, ...staying])))
    }),
  )
})
