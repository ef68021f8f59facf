import { type DrawnUnits, type GiveBackWorld, giveBack } from './give-back.ts'
import { type Hold, type HoldChange, heldOf } from './hold.ts'
import { unitsAfter } from './units-of-lots.ts'
import type { Wallet, WalletChange } from './wallet.ts'

/** Ends an open hold without using what it still keeps: the units go back into their lots, and lapse if those are over. */
export function releaseHold(
  wallet: Wallet,
  hold: Hold,
  drawn: readonly DrawnUnits[],
  status: 'voided' | 'expired',
  world: GiveBackWorld,
): HoldChange {
  const change = releaseUnits(wallet, heldOf(hold), unitsAfter(drawn, hold.captured), world)
  return { hold: { ...hold, status, closedAt: world.now }, change }
}

/** Gives held units back. Never refused: what does not fit below the cap is posted to `over_cap`. */
export function releaseUnits(
  wallet: Wallet,
  amount: number,
  drawn: readonly DrawnUnits[],
  world: GiveBackWorld,
): WalletChange {
  if (amount === 0) return unchanged(wallet)
  const order = { from: { held: amount }, drawn, owed: 0, paidSinceAs: null, aboveCap: 'post' as const }
  const change = giveBack(wallet, order, world)
  if (!change.ok) throw new Error('broken invariant: a release is not refused')
  return change.value
}

/** A change that leaves the wallet as it is. */
export function unchanged({ currency, balance, owed }: Wallet): WalletChange {
  return { currency, postings: [], newLots: [], draws: [], balanceAfter: balance, owedAfter: owed }
}
