import { stateOf } from './chain-state.ts'
import type { Purchase, PurchaseTransaction } from './purchase.ts'
import type { PurchaseSnapshot } from './snapshot.ts'

/**
 * The chain as stored, in the form in which a store would tell it: the start of every change that we make ourselves. It
 * is told as of `at`, but always as newer than what is stored, so that the change is not taken for an old story.
 */
export function snapshotOf(
  purchase: Purchase,
  transactions: readonly PurchaseTransaction[],
  at: number,
): PurchaseSnapshot {
  return {
    ...stateOf(purchase),
    asOf: Math.max(at, purchase.asOf + 1),
    store: purchase.store,
    environment: purchase.environment,
    appId: purchase.appId,
    storePurchaseId: purchase.storePurchaseId,
    type: purchase.type,
    transactions,
    nextCheckAt: null,
  }
}

/** The same chain with its renewal switched off: it ends with the period that is paid. */
export function withoutRenewal(snapshot: PurchaseSnapshot, at: number): PurchaseSnapshot {
  return {
    ...snapshot,
    autoRenews: false,
    unsubscribeDetectedAt: snapshot.unsubscribeDetectedAt ?? at,
    cancelReason: snapshot.cancelReason ?? 'UNSUBSCRIBE',
    nextCheckAt: null,
  }
}
