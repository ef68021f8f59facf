import type { Lot, LotSource } from './wallet.ts'

/**
 * A new lot that goes on where another one is out of reach, in the wallet of somebody who was merged away or who gave units
 * away: same end, age and
 * purchase, so that its units neither live longer nor are spent in another order.
 */
export function continueLot(lot: Lot, lotId: string, amount: number, source: LotSource): Lot {
  return { ...lot, lotId, originLotId: lot.originLotId ?? lot.lotId, granted: amount, remaining: amount, source }
}
