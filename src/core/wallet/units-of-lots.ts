import { bySpendOrder } from './spend-order.ts'
import type { Lot } from './wallet.ts'

/** Units that were taken out of a lot, or are on their way into one. */
export type LotUnits = { lot: Lot; amount: number }

/** The first units in spending order, at most as many as wanted: what lapses soonest goes first. */
export function soonestUnits<Units extends LotUnits>(units: readonly Units[], wanted: number): Units[] {
  return takeInOrder(inSpendOrder(units), wanted)
}

/** What is left, in spending order, after the first units were used. */
export function unitsAfter<Units extends LotUnits>(units: readonly Units[], used: number): Units[] {
  return longestLived(units, Math.max(0, amountOf(units) - used)).reverse()
}

/** The last units in spending order, those first that live longest: worth most to the customer when not all fit. */
export function longestLived<Units extends LotUnits>(units: readonly Units[], wanted: number): Units[] {
  return takeInOrder(inSpendOrder(units).reverse(), wanted)
}

export function amountOf(units: readonly LotUnits[]): number {
  return units.reduce((sum, { amount }) => sum + amount, 0)
}

function inSpendOrder<Units extends LotUnits>(units: readonly Units[]): Units[] {
  return [...units].sort((one, other) => bySpendOrder(one.lot, other.lot))
}

function takeInOrder<Units extends LotUnits>(units: readonly Units[], wanted: number): Units[] {
  let left = wanted
  return units.flatMap((own) => {
    const amount = Math.min(left, own.amount)
    left -= amount
    return amount > 0 ? [{ ...own, amount }] : []
  })
}
