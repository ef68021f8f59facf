import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { DomainEvent } from '../events/event.ts'
import { decidePurchase } from './decide-purchase.ts'
import { chargesAfter } from './decide-timeline.ts'
import { CATALOG, charge, PERIOD_MS, START, snapshot } from './fixtures/chain.ts'
import type { GrantOrder } from './grants-of.ts'
import type { Purchase, PurchaseTransaction } from './purchase.ts'
import type { PurchaseSnapshot } from './snapshot.ts'

/** What a store says over the life of one chain: a charge more each time, perhaps from a trial, perhaps ended at last. */
const life = fc
  .record({ charges: fc.integer({ min: 1, max: 8 }), hasTrial: fc.boolean(), ends: fc.boolean() })
  .map(({ charges, hasTrial, ends }): PurchaseSnapshot[] => {
    const all = Array.from({ length: charges }, (_, index) =>
      charge(index + 1, hasTrial && index === 0 ? { periodType: 'trial' } : {}),
    )
    return all.map((_, index) => {
      const isLast = index === all.length - 1
      const end = isLast && ends ? { autoRenews: false, unsubscribeDetectedAt: START + 1, nextCheckAt: null } : {}
      return { ...snapshot(all.slice(0, index + 1), end), asOf: START + index * PERIOD_MS + 2 }
    })
  })

/** A life, and the order in which its notices arrive: late, twice, not at all; the newest arrives at least once. */
const arrival = life.chain((notices) =>
  fc.tuple(fc.array(fc.constantFrom(...notices), { maxLength: 12 }), fc.nat(12)).map(([received, at]) => {
    const order = [...received]
    order.splice(Math.min(at, order.length), 0, notices.at(-1) as PurchaseSnapshot)
    return { notices, order }
  }),
)

function receive(order: readonly PurchaseSnapshot[]) {
  let purchase: Purchase | null = null
  const grants: GrantOrder[] = []
  const events: DomainEvent[] = []
  let transactions: PurchaseTransaction[] = []
  for (const notice of order) {
    const decision = decidePurchase({
      current: purchase,
      stored: transactions,
      snapshot: notice,
      catalog: CATALOG,
      purchaseId: 'purch1',
      presentedOffering: null,
    })
    purchase = decision.purchase
    grants.push(...decision.grants)
    events.push(...decision.events)
    transactions = chargesAfter(transactions, decision)
  }
  return { purchase, grants, events, transactions }
}

function hasDoubles(keys: readonly string[]): boolean {
  return new Set(keys).size !== keys.length
}

test('however late and often notices arrive, the chain ends the same and no charge is granted, told or kept twice', () => {
  fc.assert(
    fc.property(arrival, ({ notices, order }) => {
      const got = receive(order)
      const expected = receive(notices)
      expect(got.purchase).toEqual(expected.purchase)
      expect(got.transactions).toEqual(expected.transactions)
      expect(hasDoubles(got.grants.map((grant) => `${grant.currency} ${grant.storeTransactionId}`))).toBe(false)
      expect(hasDoubles(got.events.map((event) => `${event.type} ${event.data.transactionId}`))).toBe(false)
    }),
    { numRuns: 500 },
  )
})

test('when the first charge is seen first, every charge is granted and told exactly once, in order', () => {
  fc.assert(
    fc.property(arrival, ({ notices, order }) => {
      const got = receive([notices[0] as PurchaseSnapshot, ...order])
      const expected = receive(notices)
      expect(got.grants).toEqual(expected.grants)
      const charges = (events: DomainEvent[]) =>
        events.filter((event) => /PURCHASE|RENEWAL/.test(event.type)).map((event) => event.data.transactionId)
      expect(charges(got.events)).toEqual(notices.at(-1)?.transactions.map((item) => item.storeTransactionId))
    }),
    { numRuns: 500 },
  )
})
