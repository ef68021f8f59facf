import fc from 'fast-check'
import { expect, test } from 'vitest'
import { applyChange } from './apply-change.ts'
import { deduct } from './deduct.ts'
import { EMPTY, lot, posted, wallet } from './fixtures/wallets.ts'
import { hasLapsed, lapse } from './lapse.ts'

const POLICY = { floor: 0, cap: 10_000 }

test('a lot holds its units until its end comes, and none from that moment on', () => {
  expect([
    hasLapsed({ expiresAt: 50 }, 49),
    hasLapsed({ expiresAt: 50 }, 50),
    hasLapsed({ expiresAt: 50 }, 51),
  ]).toEqual([false, true, true])
  expect(hasLapsed({ expiresAt: null }, Number.MAX_SAFE_INTEGER)).toBe(false)
})

test('what remains in the lots that are over goes to a named account, lot by lot; the others stay', () => {
  const mine = wallet(lot('late', 7, { expiresAt: 51 }), lot('ever', 5), lot('soon', 3, { expiresAt: 50 }))
  expect(lapse(mine, 50)).toEqual({
    currency: 'CRD',
    postings: [
      { account: 'wallet', currency: 'CRD', amount: -3 },
      { account: 'expired', currency: 'CRD', amount: 3 },
    ],
    newLots: [],
    draws: [{ lotId: 'soon', amount: 3 }],
    balanceAfter: 12,
    owedAfter: 0,
  })
})

test('nothing lapses twice, and nothing to lapse is no transaction', () => {
  const mine = wallet(lot('soon', 3, { expiresAt: 50 }))
  const change = lapse(mine, 50)
  expect(change === null ? mine : lapse(applyChange(mine, change), 50)).toBeNull()
  expect(lapse(EMPTY, 50)).toBeNull()
  expect(lapse({ ...mine, lots: [lot('spent', 0, { expiresAt: 50 })] }, 50)).toBeNull()
})

/** The naive model: every unit stands for itself and knows its end. */
type Unit = { expiresAt: number }
const anyLots = fc.array(fc.record({ remaining: fc.integer({ min: 1, max: 30 }), expiresAt: fc.option(fc.nat(9)) }))

test('whenever one looks, exactly the units that still live can be spent, and every other one is in `expired`', () => {
  fc.assert(
    fc.property(anyLots, fc.array(fc.nat(9)), (facts, times) => {
      let mine = wallet(...facts.map((fact, index) => lot(`lot${index}`, fact.remaining, fact)))
      const total = mine.balance
      const units: Unit[] = facts.flatMap(({ remaining, expiresAt }) =>
        Array.from({ length: remaining }, () => ({ expiresAt: expiresAt ?? Number.POSITIVE_INFINITY })),
      )
      let expired = 0
      for (const now of times.sort((one, other) => one - other)) {
        const change = lapse(mine, now)
        if (change !== null) {
          expired += posted(change, 'expired')
          mine = applyChange(mine, change)
        }
        const alive = units.filter((unit) => unit.expiresAt > now).length
        expect(mine.balance).toBe(alive)
        expect(mine.lots.reduce((sum, { remaining }) => sum + remaining, 0)).toBe(alive)
        expect(expired).toBe(total - alive)
        expect(deduct(mine, { amount: alive + 1, to: 'issued_by_operator' }, POLICY).ok).toBe(false)
      }
    }),
  )
})
