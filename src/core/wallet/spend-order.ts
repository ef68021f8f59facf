import type { Lot } from './wallet.ts'

/** Lots in the order in which they are spent: what lapses soonest first, then the oldest; lots without an end last. */
export function spendOrder(lots: readonly Lot[]): Lot[] {
  return [...lots].sort(bySpendOrder)
}

/** Compares two lots for sorting; ties are broken by id, so that the order never changes. */
export function bySpendOrder(one: Lot, other: Lot): number {
  return (
    (one.expiresAt ?? Number.MAX_SAFE_INTEGER) - (other.expiresAt ?? Number.MAX_SAFE_INTEGER) ||
    one.createdAt - other.createdAt ||
    (one.lotId < other.lotId ? -1 : 1)
  )
}
