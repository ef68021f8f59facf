import { ok, type Result, refuse } from '../lib/result.ts'
import { continueLot } from './continue-lot.ts'
import type { GrantRefusal } from './grant.ts'
import { hasLapsed } from './lapse.ts'
import { repaidBy } from './pay-debt.ts'
import type { WalletPolicy } from './policy.ts'
import { postingsOf } from './postings-of.ts'
import { amountOf, type LotUnits, longestLived, unitsAfter } from './units-of-lots.ts'
import type { Account, Draw, Lot, Wallet, WalletChange } from './wallet.ts'

/** Units that were taken out of a lot. `isHere` is false when the lot is not in this wallet, as after a merge. */
export type DrawnUnits = LotUnits & { isHere: boolean }

export type GiveBack = {
  /** Where the units come from, and how many from each account. */
  from: { [account in Account]?: number }
  drawn: readonly DrawnUnits[]
  /** Units that are forgiven as far as they are still owed. */
  owed: number
  /** The lot that units go on as which were owed, and paid since; without one they never lapse. */
  paidSinceAs: Lot | null
  /** What happens to units for which there is no room below the cap. */
  aboveCap: 'refuse' | 'post'
}

/** Stands for the lot of units that never had one. */
const NO_LOT = ''

/** What the pure rules need of the world. */
export type GiveBackWorld = { now: number; nextLotId: () => string; policy: WalletPolicy }

/**
 * Puts units back into the lots that they were taken from, so that they keep their end. Those of a lot whose end has come
 * meanwhile go to `expired`: nothing that lapses may become permanent by way of a correction. What is still owed then is
 * paid first.
 */
export function giveBack(wallet: Wallet, order: GiveBack, world: GiveBackWorld): Result<WalletChange, GrantRefusal> {
  const { currency, balance } = wallet
  const forgiven = Math.min(order.owed, wallet.owed)
  const units = [...order.drawn, ...paidSince(order, currency, order.owed - forgiven, world)]
  const alive = units.filter(({ lot }) => !hasLapsed(lot, world.now))
  const expired = amountOf(units) - amountOf(alive)
  const repaid = repaidBy(amountOf(alive), { owed: wallet.owed - forgiven })
  const coming = unitsAfter(alive, repaid)
  const kept = longestLived(coming, Math.max(0, world.policy.cap - balance))
  const over = amountOf(coming) - amountOf(kept)
  if (over > 0 && order.aboveCap === 'refuse') {
    const requested = amountOf(alive)
    return refuse({ code: 'balance_above_maximum', currency, balance, requested, maximum: world.policy.cap })
  }
  const returned = amountOf(kept)
  return ok({
    currency,
    postings: [
      ...postingsOf(currency, negated(order.from)),
      ...postingsOf(currency, { wallet: returned, owed: forgiven + repaid, expired, over_cap: over }),
    ],
    newLots: kept
      .filter(({ isHere }) => !isHere)
      .map(({ lot, amount }) =>
        lot.lotId === NO_LOT
          ? { ...lot, lotId: world.nextLotId(), granted: amount, remaining: amount }
          : continueLot(lot, world.nextLotId(), amount, lot.source),
      ),
    draws: kept.filter(({ isHere }) => isHere).map(({ lot, amount }): Draw => ({ lotId: lot.lotId, amount: -amount })),
    balanceAfter: balance + returned,
    owedAfter: wallet.owed - forgiven - repaid,
  })
}

/** A debt that later grants have paid is given back as units: those grants would have made them. */
function paidSince(order: GiveBack, currency: string, amount: number, { now }: GiveBackWorld): DrawnUnits[] {
  if (amount === 0) return []
  const permanent: Lot = {
    lotId: NO_LOT,
    currency,
    granted: amount,
    remaining: 0,
    source: 'purchase',
    purchaseId: null,
    originLotId: null,
    expiresAt: null,
    createdAt: now,
  }
  return [{ lot: order.paidSinceAs ?? permanent, amount, isHere: false }]
}

function negated(amounts: GiveBack['from']): GiveBack['from'] {
  return Object.fromEntries(Object.entries(amounts).map(([account, amount]) => [account, -amount]))
}
