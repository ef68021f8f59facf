import type { Purchase, PurchaseTransaction } from './purchase.ts'
import type { PurchaseSnapshot } from './snapshot.ts'

/** The chain as stored, in the form in which a store would tell it: the start of every change that we make ourselves. */
export function snapshotOf(purchase: Purchase, transactions: readonly PurchaseTransaction[]): PurchaseSnapshot {
  return {
    store: purchase.store,
    environment: purchase.environment,
    appId: purchase.appId,
    storePurchaseId: purchase.storePurchaseId,
    type: purchase.type,
    transactions,
    autoRenews: purchase.autoRenews,
    unsubscribeDetectedAt: purchase.unsubscribeDetectedAt,
    billingIssueDetectedAt: purchase.billingIssueDetectedAt,
    graceExpiresAt: purchase.graceExpiresAt,
    refundedAt: purchase.refundedAt,
    nextCheckAt: null,
  }
}

/** The same chain with its renewal switched off: it ends with the period that is paid. */
export function withoutRenewal(snapshot: PurchaseSnapshot, at: number): PurchaseSnapshot {
  return {
    ...snapshot,
    autoRenews: false,
    unsubscribeDetectedAt: snapshot.unsubscribeDetectedAt ?? at,
    nextCheckAt: null,
  }
}
