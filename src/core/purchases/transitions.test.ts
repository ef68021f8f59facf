import { describe, expect, test } from 'vitest'
import { decidePurchase, type PurchaseDecision } from './decide-purchase.ts'
import { chargesAfter } from './decide-timeline.ts'
import { CATALOG } from './fixtures/chain.ts'
import { ELSEWHERE, TRANSITIONS } from './fixtures/transitions/all.ts'
import type { Transition } from './fixtures/transitions/transition.ts'
import type { Purchase, PurchaseTransaction } from './purchase.ts'
import { givesAccess } from './purchase.ts'
import type { PurchaseSnapshot } from './snapshot.ts'
import { purchaseStateAt, STATES_WITH_ACCESS } from './state.ts'

type Known = { purchase: Purchase | null; stored: PurchaseTransaction[] }

function hear(
  { purchase: current, stored }: Known,
  snapshot: PurchaseSnapshot,
): Known & { decision: PurchaseDecision } {
  const own = { purchaseId: 'purch1', presentedOffering: null }
  const decision = decidePurchase({ current, stored, snapshot, catalog: CATALOG, ...own })
  return { purchase: decision.purchase, stored: chargesAfter(stored, decision), decision }
}

function play({ before, said }: Transition) {
  let known: Known = { purchase: null, stored: [] }
  for (const word of before) known = hear(known, word)
  return { before: known.purchase, ...hear(known, said) }
}

describe.each(TRANSITIONS.map((row) => [row.row, row.change, row] as const))('row %s: %s', (_row, _change, row) => {
  test('is told as these events, in this order', () => {
    const told = play(row).decision.events.map(({ type, data }) => [type, data])
    expect(told.map(([type]) => type)).toEqual(row.events.map(([type]) => type))
    for (const [index, [, data = {}]] of row.events.entries()) expect(told[index]?.[1]).toMatchObject(data)
  })

  test('leads from the one state to the other, and access with it', () => {
    const { before, purchase, decision } = play(row)
    const instant = row.said.asOf
    const stateBefore = before === null ? 'none' : purchaseStateAt(before, Math.max(before.asOf, instant - 1))
    expect([stateBefore, purchaseStateAt(decision.purchase, instant)]).toEqual(row.move)
    expect(givesAccess(decision.purchase, instant)).toBe(
      STATES_WITH_ACCESS.has(purchaseStateAt(decision.purchase, instant)),
    )
    expect(purchase).toMatchObject(row.stored ?? {})
  })

  test('said twice, or after what came later, changes nothing more', () => {
    const { purchase, stored } = play(row)
    for (const word of [row.said, ...row.before]) {
      const again = hear({ purchase, stored }, word).decision
      expect(again).toMatchObject({ purchase, events: [], grants: [], refunds: [], newTransactions: [] })
    }
  })

  test('names each fact once, by a key that does not depend on when it was heard', () => {
    const keys = play(row).decision.events.map(({ key }) => key)
    expect(new Set(keys).size).toBe(keys.length)
    expect(keys).not.toContain(undefined)
  })
})

test('all 37 rows are played, or said to be decided elsewhere', () => {
  const played = TRANSITIONS.map(({ row }) => Number.parseInt(row, 10))
  expect([...new Set([...played, ...ELSEWHERE.keys()])].sort((one, other) => one - other)).toEqual(
    Array.from({ length: 37 }, (_, index) => index + 1),
  )
})
