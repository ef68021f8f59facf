import type { Product } from '../../core/catalog/catalog.ts'
import type { TestStorePace } from '../../core/projects/project.ts'
import { UNTROUBLED } from '../../core/purchases/chain-state.ts'
import type { PurchaseSnapshot, SnapshotTransaction } from '../../core/purchases/snapshot.ts'
import { periodEnd } from './pace.ts'

/** A subscription after a further charge: it renews, and nothing is the matter with it. */
export function withCharge(
  state: PurchaseSnapshot,
  product: Product,
  pace: TestStorePace,
  at: number,
  asOf: number,
): PurchaseSnapshot {
  return {
    ...state,
    ...UNTROUBLED,
    ownership: state.ownership,
    asOf,
    autoRenews: true,
    transactions: [...state.transactions, nextCharge(state, product, pace, at)],
  }
}

/**
 * Periods are counted from the first paid one, as long as the project keeps its pace and the product its period; after a
 * change each begins where the last one ended.
 */
function nextCharge(
  { storePurchaseId, transactions }: PurchaseSnapshot,
  product: Product,
  pace: TestStorePace,
  startsAt: number,
): SnapshotTransaction {
  const paid = transactions.filter(({ periodType }) => periodType === 'normal')
  const period = product.period ?? 'P1M'
  const firstAt = paid[0]?.purchasedAt ?? startsAt
  const isOnGrid = periodEnd(firstAt, period, paid.length, pace) === startsAt
  const [anchorAt, times] = isOnGrid ? [firstAt, paid.length + 1] : [startsAt, 1]
  return {
    storeTransactionId: `${storePurchaseId}..${transactions.length}`,
    productId: product.productId,
    periodType: 'normal',
    purchasedAt: startsAt,
    expiresAt: periodEnd(anchorAt, period, times, pace),
    price: product.price,
    refund: null,
  }
}
