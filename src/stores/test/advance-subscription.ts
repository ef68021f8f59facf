import type { Product } from '../../core/catalog/catalog.ts'
import type { Project } from '../../core/projects/project.ts'
import type { PurchaseSnapshot, SnapshotTransaction } from '../../core/purchases/snapshot.ts'
import { periodEnd } from './pace.ts'

/** Renewals made up for in one step after a long stop; the next step goes on from there. */
const CATCH_UP_MAX = 100

/**
 * What the Test Store says about a subscription at `now`: it charges at each period's end, until the project's limit of
 * renewals, and then counts as cancelled. Periods are counted from the first paid one, as long as the project keeps its
 * pace; after a change of pace or period each begins where the last one ended.
 */
export function advanceSubscription(
  stored: PurchaseSnapshot,
  product: Product,
  project: Pick<Project, 'testStorePace' | 'testStoreMaxRenewals'>,
  now: number,
): PurchaseSnapshot {
  const transactions: SnapshotTransaction[] = [...stored.transactions]
  let autoRenews = stored.autoRenews
  let unsubscribeDetectedAt = stored.unsubscribeDetectedAt
  for (let step = 0; step < CATCH_UP_MAX && autoRenews; step++) {
    const endsAt = transactions.at(-1)?.expiresAt ?? null
    if (endsAt === null || endsAt > now) break
    if (transactions.length > (project.testStoreMaxRenewals ?? Number.POSITIVE_INFINITY)) {
      autoRenews = false
      unsubscribeDetectedAt = endsAt
    } else {
      transactions.push(nextCharge(stored.storePurchaseId, transactions, product, project, endsAt))
    }
  }
  const nextCheckAt = autoRenews ? (transactions.at(-1)?.expiresAt ?? null) : null
  return { ...stored, transactions, autoRenews, unsubscribeDetectedAt, nextCheckAt }
}

function nextCharge(
  storePurchaseId: string,
  transactions: readonly SnapshotTransaction[],
  product: Product,
  project: Pick<Project, 'testStorePace'>,
  startsAt: number,
): SnapshotTransaction {
  const paid = transactions.filter((transaction) => transaction.periodType === 'normal')
  const period = product.period ?? 'P1M'
  const firstAt = paid[0]?.purchasedAt ?? startsAt
  const isOnGrid = periodEnd(firstAt, period, paid.length, project.testStorePace) === startsAt
  const [anchorAt, times] = isOnGrid ? [firstAt, paid.length + 1] : [startsAt, 1]
  return {
    storeTransactionId: `${storePurchaseId}..${transactions.length}`,
    productId: product.productId,
    periodType: 'normal',
    purchasedAt: startsAt,
    expiresAt: periodEnd(anchorAt, period, times, project.testStorePace),
    price: product.price,
  }
}
