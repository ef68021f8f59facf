import { type Catalog, grantsOfProduct } from '../catalog/catalog.ts'
import type { Purchase } from './purchase.ts'
import type { SnapshotTransaction } from './snapshot.ts'

/** Units that a charge gives. The store transaction makes the grant unique. */
export type GrantOrder = {
  currency: string
  amount: number
  productId: string
  storeTransactionId: string
  /** When what is left of them lapses; null never. */
  expiresAt: number | null
}

/** Units of a one-time purchase never lapse, whatever its grant says: stores forbid it. Each unit sold gives them. */
export function grantsOf(
  catalog: Catalog,
  purchase: Pick<Purchase, 'type'>,
  charge: SnapshotTransaction,
): GrantOrder[] {
  return grantsOfProduct(catalog, charge.productId)
    .map(({ currency, grant }) => ({
      currency,
      amount: (charge.periodType === 'trial' ? grant.trialAmount : grant.amount) * (charge.quantity ?? 1),
      productId: charge.productId,
      storeTransactionId: charge.storeTransactionId,
      expiresAt: purchase.type === 'subscription' && grant.expireAtCycleEnd ? charge.expiresAt : null,
    }))
    .filter(({ amount }) => amount > 0)
}
