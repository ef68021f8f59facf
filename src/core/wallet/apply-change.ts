import type { Lot, Wallet, WalletChange } from './wallet.ts'

/** A wallet after a change, as the database keeps it. Lots that hold nothing are not read again. */
export function applyChange(before: Wallet, change: WalletChange): Wallet {
  const drawn = (lot: Lot): number =>
    change.draws.reduce((sum, draw) => (draw.lotId === lot.lotId ? sum + draw.amount : sum), 0)
  const lots = before.lots.map((lot) => ({ ...lot, remaining: lot.remaining - drawn(lot) }))
  return {
    ...before,
    balance: change.balanceAfter,
    owed: change.owedAfter,
    lots: [...lots, ...change.newLots].filter((lot) => lot.remaining > 0),
  }
}
