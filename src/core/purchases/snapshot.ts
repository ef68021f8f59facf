import type { ProductType } from '../catalog/catalog.ts'
import type { Store } from '../projects/project.ts'
import type { ChainState } from './chain-state.ts'
import type { ChargedPrice, Environment, PeriodType, Refund } from './purchase.ts'

/**
 * What a store says about one chain at one moment (`asOf`), in our terms. Every store adapter ends here, and everything
 * behind it knows no store.
 */
export type PurchaseSnapshot = ChainState & {
  store: Store
  environment: Environment
  appId: string
  storePurchaseId: string
  type: ProductType
  /** All known charges, oldest first; never empty. The last one is the current period. */
  transactions: readonly SnapshotTransaction[]
  /** When the store will have news by itself, if it said so. */
  nextCheckAt: number | null
}

export type SnapshotTransaction = {
  storeTransactionId: string
  productId: string
  periodType: PeriodType
  purchasedAt: number
  /** The end of the period; of the latest one as the store moved it since. */
  expiresAt: number | null
  price: ChargedPrice | null
  refund?: Refund | null
  offerCode?: string | null
  quantity?: number
}

/** The instant at which the latest charge was given back and took access with it; null when neither happened. */
export function refundedAtOf({ transactions }: Pick<PurchaseSnapshot, 'transactions'>): number | null {
  const refund = transactions.at(-1)?.refund ?? null
  return refund?.endsAccess ? refund.at : null
}
