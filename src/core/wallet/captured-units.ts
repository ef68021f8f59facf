import type { DrawnUnits } from './give-back.ts'
import type { RecordedChange } from './reverse.ts'
import { soonestUnits, unitsAfter } from './units-of-lots.ts'
import type { Account } from './wallet.ts'

/** How many units a capture used, and how many of them the hold had kept. The others came out of the balance. */
export function amountCaptured(capture: RecordedChange): { used: number; fromHold: number } {
  const posted = (account: Account) =>
    capture.postings.reduce((sum, posting) => (posting.account === account ? sum + posting.amount : sum), 0)
  const used = posted('spent')
  const fromBalance = capture.draws.reduce((sum, { amount }) => sum + Math.max(0, amount), 0)
  return { used, fromHold: used - fromBalance }
}

/**
 * The units that one capture of a hold used, with the lots that they came from: of those that the hold keeps, the next in
 * spending order after what earlier captures had used; and what it took out of the balance beyond them.
 */
export function capturedUnits(
  held: readonly DrawnUnits[],
  capture: RecordedChange,
  usedBefore: number,
  isHere: boolean,
): DrawnUnits[] {
  const ofHold = soonestUnits(unitsAfter(held, usedBefore), amountCaptured(capture).fromHold)
  const beyond = capture.draws.filter(({ amount }) => amount > 0).map(({ lot, amount }) => ({ lot, amount, isHere }))
  return onePerLot([...ofHold, ...beyond])
}

/** Both may have come out of one lot, and a transaction touches a lot once. */
function onePerLot(units: readonly DrawnUnits[]): DrawnUnits[] {
  const lots = new Map<string, DrawnUnits>()
  for (const own of units) {
    const amount = (lots.get(own.lot.lotId)?.amount ?? 0) + own.amount
    lots.set(own.lot.lotId, { ...own, amount })
  }
  return [...lots.values()]
}
