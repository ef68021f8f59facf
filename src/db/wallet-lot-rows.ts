import type { Lot } from '../core/wallet/wallet.ts'
import { timeOf } from './wire-values.ts'

export type LotRow = {
  lot_id: string
  currency: string
  source: Lot['source']
  purchase_id: string | null
  origin_lot_id: string | null
  granted: number
  remaining: number
  expires_at: number | null
  created_at: number
}

export const LOT_COLUMNS =
  'lot_id, currency, source, purchase_id, origin_lot_id, granted, remaining, expires_at, created_at'

/** The values in the order of `LOT_COLUMNS`. */
export function lotToValues(lot: Lot): unknown[] {
  return [
    lot.lotId,
    lot.currency,
    lot.source,
    lot.purchaseId,
    lot.originLotId,
    lot.granted,
    lot.remaining,
    timeOf(lot.expiresAt),
    timeOf(lot.createdAt),
  ]
}

export function lotFromRow(row: LotRow): Lot {
  return {
    lotId: row.lot_id,
    currency: row.currency,
    source: row.source,
    purchaseId: row.purchase_id,
    originLotId: row.origin_lot_id,
    granted: row.granted,
    remaining: row.remaining,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  }
}
