import { expect, test } from 'vitest'
import { decidePurchase } from '../../../src/core/purchases/decide-purchase.ts'
import { chargesAfter } from '../../../src/core/purchases/decide-timeline.ts'
import {
  CATALOG,
  charge,
  PERIOD_MS,
  purchase,
  START,
  snapshot,
  storedOf,
} from '../../../src/core/purchases/fixtures/chain.ts'
import { givesAccess, type Purchase, type PurchaseTransaction } from '../../../src/core/purchases/purchase.ts'
import type { PurchaseSnapshot } from '../../../src/core/purchases/snapshot.ts'

/** Guarantee: what a store says leads to the same end however it comes; shown on the rules themselves. */
const DAY_MS = 86_400_000

function permutations<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]]
  return items.flatMap((item, index) => permutations(items.toSpliced(index, 1)).map((rest) => [item, ...rest]))
}

/** What is stored after a store said all of this, in this order. */
function after(words: readonly PurchaseSnapshot[]) {
  let current: Purchase | null = null
  let stored: PurchaseTransaction[] = []
  const events: string[] = []
  for (const word of words) {
    const input = { current, stored, snapshot: word, catalog: CATALOG, purchaseId: 'purch1', presentedOffering: null }
    const decision = decidePurchase(input)
    stored = chargesAfter(stored, decision)
    current = decision.purchase
    events.push(...decision.events.flatMap((event) => event.key ?? []))
  }
  return { current, stored, events }
}

test('trap 5: the notices of a life in every order, the last after all of them, end in the same state', () => {
  const refund = { at: START + 2 * PERIOD_MS + DAY_MS, micros: null, endsAccess: true }
  const lifeSoFar = [
    snapshot(1),
    snapshot(1, { asOf: START + DAY_MS, autoRenews: false, unsubscribeDetectedAt: START + DAY_MS }),
    snapshot(2),
    snapshot(3),
    snapshot([charge(1), charge(2), charge(3, { refund })], { asOf: refund.at, autoRenews: false }),
  ]
  const end = after(lifeSoFar)
  for (const order of permutations(lifeSoFar)) {
    const other = after(order)
    expect(other.current).toEqual({ ...end.current, dueAt: other.current?.dueAt, expirationSeenAt: expect.anything() })
    expect(other.stored).toEqual(end.stored)
    expect(givesAccess(other.current as Purchase, refund.at)).toBe(false)
    expect(new Set(other.events).size, 'no event is told twice').toBe(other.events.length)
  }
})

test('trap 21: a recovery in grace ends a period after the old end, not a period after the recovery', () => {
  const oldEnd = START + PERIOD_MS
  const failed = snapshot(1, {
    asOf: oldEnd,
    billingIssueDetectedAt: oldEnd,
    graceExpiresAt: oldEnd + 6 * DAY_MS,
  })
  const recovered = snapshot([charge(1), charge(2, { purchasedAt: oldEnd })], { asOf: oldEnd + 4 * DAY_MS })
  const { current } = after([snapshot(1), failed, recovered])
  expect(current).toMatchObject({ expiresAt: oldEnd + PERIOD_MS, billingIssueDetectedAt: null, graceExpiresAt: null })
})

test('trap 23: of four tokens that replace each other one gives access', () => {
  const replaced = (place: number) => ({
    at: START + place * DAY_MS,
    by: 'product_change' as const,
    productId: 'monthly',
  })
  const chains = [1, 2, 3, null].map((place) =>
    after([
      snapshot(1, {
        storePurchaseId: `token${place}`,
        asOf: START + 5 * DAY_MS,
        superseded: place === null ? null : replaced(place),
      }),
    ]),
  )
  const open = chains.map(({ current }) => current !== null && givesAccess(current, START + 6 * DAY_MS))
  expect(open).toEqual([false, false, false, true])
})

test('trap 23: a token that is replaced after it was bought loses access then', () => {
  const current = purchase()
  const superseded = { at: START + DAY_MS, by: 'product_change' as const, productId: 'annual' }
  const decision = decidePurchase({
    current,
    stored: storedOf(current),
    snapshot: snapshot(1, { asOf: START + DAY_MS, superseded }),
    catalog: CATALOG,
    purchaseId: 'purch1',
    presentedOffering: null,
  })
  expect(givesAccess(decision.purchase, START + DAY_MS - 1)).toBe(true)
  expect(givesAccess(decision.purchase, START + DAY_MS)).toBe(false)
})
