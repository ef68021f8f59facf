import { assert } from '../lib/assert.ts'
import type { Draw, Lot } from './wallet.ts'

/** Takes units out of lots in the order given. There must be as many: the balance was looked at before. */
export function drawLots(lots: readonly Lot[], amount: number): Draw[] {
  const draws: Draw[] = []
  let left = amount
  for (const lot of lots) {
    if (left === 0) break
    const taken = Math.min(lot.remaining, left)
    if (taken > 0) draws.push({ lotId: lot.lotId, amount: taken })
    left -= taken
  }
  assert(left === 0, 'the balance of a wallet is the sum of its lots')
  return draws
}
