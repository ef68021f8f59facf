import type { Purchase } from './purchase.ts'
import type { PurchaseSnapshot } from './snapshot.ts'

/** What a refund of a charge, or its withdrawal, does to the units that the charge gave. */
export type RefundOrder = {
  kind: 'take_back' | 'give_back'
  storeTransactionId: string
  /** The share of the units, as a fraction of whole numbers. */
  share: { part: number; whole: number }
}

const WHOLE = { part: 1, whole: 1 }

/**
 * The refund that is news; null when there is none. It is always of the latest charge: with a new charge the word about
 * the earlier one is over, and does not mean that its refund was withdrawn.
 */
export function decideRefund(current: Purchase | null, snapshot: PurchaseSnapshot, next: Purchase): RefundOrder | null {
  const isNewCharge = next.renewalNumber > (current?.renewalNumber ?? 0)
  const before = current?.refundedAt ?? null
  const { storeTransactionId } = next
  if (next.refundedAt !== null && (before === null || (isNewCharge && before !== next.refundedAt))) {
    return { kind: 'take_back', storeTransactionId, share: shareOf(snapshot) }
  }
  if (next.refundedAt === null && before !== null && !isNewCharge) {
    return { kind: 'give_back', storeTransactionId, share: WHOLE }
  }
  return null
}

/** All that a one-time purchase granted goes, whatever part of its price does. RevenueCat, virtual currency refunds. */
function shareOf({ type, refundedShare }: PurchaseSnapshot): RefundOrder['share'] {
  if (type !== 'subscription' || refundedShare === undefined) return WHOLE
  return { part: refundedShare.refundedMicros, whole: refundedShare.paidMicros }
}

/** Whether a withdrawn refund gives access back; its end will be told again then. */
export function opensAgain(current: Purchase | null, snapshot: PurchaseSnapshot, now: number): boolean {
  if (current === null || current.refundedAt === null || snapshot.refundedAt !== null) return false
  const endsAt = snapshot.transactions.at(-1)?.expiresAt ?? null
  return endsAt === null || Math.max(endsAt, snapshot.graceExpiresAt ?? 0) > now
}
