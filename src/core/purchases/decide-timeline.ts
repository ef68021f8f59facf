import { decidePurchase, type PurchaseDecision, type PurchaseInput } from './decide-purchase.ts'
import type { PurchaseTransaction } from './purchase.ts'
import type { PurchaseSnapshot } from './snapshot.ts'

export type TimelineInput = Omit<PurchaseInput, 'snapshot'> & {
  /** What the store said, or would have said, one moment after the other; never empty. */
  timeline: readonly PurchaseSnapshot[]
}

/**
 * Decides what follows from several words of a store, the oldest first, as if each had been heard at its time. So a store
 * that can tell what happened since it was last asked makes up for every notice that was lost.
 */
export function decideTimeline({ timeline, ...input }: TimelineInput): PurchaseDecision {
  const [first, ...later] = timeline
  if (first === undefined) throw new Error('broken invariant: a store that answers says something')
  let decision = decidePurchase({ ...input, snapshot: first })
  for (const snapshot of later) {
    const stored = chargesAfter(input.stored, decision)
    decision = joined(decision, decidePurchase({ ...input, current: decision.purchase, stored, snapshot }))
  }
  return decision
}

/** The charges as they are stored once a decision is carried out. */
export function chargesAfter(
  stored: readonly PurchaseTransaction[],
  { changedTransactions, newTransactions }: PurchaseDecision,
): PurchaseTransaction[] {
  const changed = new Map(changedTransactions.map((charge) => [charge.number, charge]))
  return [...stored.map((charge) => changed.get(charge.number) ?? charge), ...newTransactions]
}

function joined(one: PurchaseDecision, next: PurchaseDecision): PurchaseDecision {
  const isNew = new Set(one.newTransactions.map((charge) => charge.number))
  const changed = new Map(next.changedTransactions.map((charge) => [charge.number, charge]))
  const replaced = (charge: PurchaseTransaction) => changed.get(charge.number) ?? charge
  return {
    purchase: next.purchase,
    newTransactions: [...one.newTransactions.map(replaced), ...next.newTransactions],
    changedTransactions: [
      ...one.changedTransactions.filter((charge) => !changed.has(charge.number)),
      ...next.changedTransactions.filter((charge) => !isNew.has(charge.number)),
    ],
    events: [...one.events, ...next.events],
    grants: [...one.grants, ...next.grants],
    refunds: [...one.refunds, ...next.refunds],
  }
}
