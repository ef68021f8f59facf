import { accessEndsAt, type Purchase } from '../purchases/purchase.ts'
import { purchaseStateAt } from '../purchases/state.ts'
import { type EntitlementGrant, grantEndsAt } from './grant.ts'

/** Why a purchase or a grant gives access now, or does not. */
export type AccessReason =
  /** Paid, or on trial, until its end. */
  | 'paid'
  /** A one-time purchase that never ends. */
  | 'for_ever'
  /** The charge failed; the store lets the customer in while it tries again. */
  | 'grace'
  /** Granted by hand, until its end. */
  | 'granted'
  /** Its end has come. */
  | 'ended'
  /** The store tries to charge, without letting the customer in meanwhile. */
  | 'payment_failed'
  | 'paused'
  /** The store gave the money back, and access ended with it. */
  | 'refunded'
  /** A one-time purchase that was given back: it gives nothing, and is not shown as ended. */
  | 'given_back'
  /** A family member lost what was shared, or the team took it away. */
  | 'revoked'
  /** Another purchase took its place. */
  | 'superseded'
  /** A sandbox purchase of a customer whose sandbox purchases do not count. */
  | 'sandbox_not_counted'

/** Something that was bought or granted, in so far as it gives an entitlement. */
export type Candidate = {
  source: 'purchase' | 'grant'
  /** Of the purchase or the grant. */
  id: string
  since: number
  /** End of the access that it gives; null is never. For what gives none at all: when that began, or null. */
  endsAt: number | null
  /** Whether it gives access at the time of the explanation. */
  isActive: boolean
  reason: AccessReason
}

/** What a purchase gives for an entitlement that its product is attached to. */
export function judgePurchase(purchase: Purchase, isSandboxCounted: boolean, now: number): Candidate {
  const endsAt = accessEndsAt(purchase)
  const reason = reasonOf(purchase, isSandboxCounted, now)
  const counts = reason !== 'sandbox_not_counted' && reason !== 'given_back'
  return {
    source: 'purchase',
    id: purchase.purchaseId,
    since: purchase.purchasedAt,
    endsAt,
    isActive: counts && (endsAt === null || endsAt > now),
    reason,
  }
}

export function judgeGrant(grant: EntitlementGrant, now: number): Candidate {
  const endsAt = grantEndsAt(grant)
  const isActive = endsAt > now
  return {
    source: 'grant',
    id: grant.grantId,
    since: grant.grantedAt,
    endsAt,
    isActive,
    reason: isActive ? 'granted' : grant.revokedAt === null ? 'ended' : 'revoked',
  }
}

function reasonOf(purchase: Purchase, isSandboxCounted: boolean, now: number): AccessReason {
  if (!isSandboxCounted && purchase.environment === 'sandbox') return 'sandbox_not_counted'
  if (purchase.type !== 'subscription' && purchase.refundedAt !== null) return 'given_back'
  switch (purchaseStateAt(purchase, now)) {
    case 'trial':
    case 'active':
    case 'ending':
      return purchase.expiresAt === null ? 'for_ever' : 'paid'
    case 'grace':
      return 'grace'
    case 'retry':
      return 'payment_failed'
    case 'paused':
      return 'paused'
    case 'revoked':
      return purchase.refundedAt !== null && purchase.refundedAt <= now ? 'refunded' : 'revoked'
    case 'superseded':
      return 'superseded'
    case 'expired':
      return 'ended'
  }
}
