import type { ProductType } from '../catalog/catalog.ts'
import { haveSameFacts } from '../lib/same-facts.ts'
import type { Store } from '../projects/project.ts'
import type { ChainState } from './chain-state.ts'

export type Environment = 'sandbox' | 'production'
export type PeriodType = 'normal' | 'intro' | 'trial' | 'prepaid'
export type ChargedPrice = { amountMicros: number; currency: string }

/**
 * One chain of store transactions: a subscription with all its periods, or a one-time purchase.
 * The current period's facts stand on it; earlier ones are `PurchaseTransaction` rows.
 */
export type Purchase = ChainState & {
  purchaseId: string
  appId: string
  store: Store
  environment: Environment
  /** The chain's identifier at the store; unique per project, store and environment. */
  storePurchaseId: string
  type: ProductType
  productId: string
  originalPurchasedAt: number
  purchasedAt: number
  /** End of the current period; null for purchases that never end. */
  expiresAt: number | null
  periodType: PeriodType
  storeTransactionId: string
  price: ChargedPrice | null
  /** When the latest charge was given back and access ended with it. */
  refundedAt: number | null
  /** Counts the charges of the chain, the first being 1. */
  renewalNumber: number
  presentedOffering: string | null
  /** Products that the chain had before, each with its last period, the latest first. */
  formerProducts: readonly FormerProduct[]
  /** The end of access that was told to the outside; null while there is access, or none was told. */
  expirationSeenAt: number | null
  /** When something is due by itself: a renewal, or the end of access. Null when nothing is. */
  dueAt: number | null
}

/** What a chain says of a product that another one took the place of. */
export type FormerProduct = {
  productId: string
  storeTransactionId: string
  periodType: PeriodType
  purchasedAt: number
  /** The end of its last period, or the change if that was earlier. */
  endedAt: number
  price: ChargedPrice | null
}

/** Money that a store gave back. */
export type Refund = {
  at: number
  /** How much, in micros; null for all of it. */
  micros: number | null
  /** Whether access was taken away with it. */
  endsAccess: boolean
}

/** One charge at the store, or the start of a trial. Never changes but for a refund, and an end that the store moves. */
export type PurchaseTransaction = {
  storeTransactionId: string
  number: number
  productId: string
  periodType: PeriodType
  purchasedAt: number
  expiresAt: number | null
  price: ChargedPrice | null
  refund: Refund | null
  offerCode: string | null
  /** Units sold by this one charge; 1 but for one-time products. */
  quantity: number
}

/** What the end of access follows from. */
export type AccessFacts = Pick<
  Purchase,
  'refundedAt' | 'revokedAt' | 'superseded' | 'expiresAt' | 'billingIssueDetectedAt' | 'graceExpiresAt'
>

/**
 * End of access; null is never. What was given back, taken away or replaced ends then, if it had not ended before; a
 * grace period adds to what is paid while the store still tries to charge.
 */
export function accessEndsAt(facts: AccessFacts): number | null {
  const paidUntil = facts.expiresAt === null ? Number.POSITIVE_INFINITY : facts.expiresAt
  const endsAt = Math.min(
    facts.refundedAt ?? Number.POSITIVE_INFINITY,
    facts.revokedAt ?? Number.POSITIVE_INFINITY,
    facts.superseded?.at ?? Number.POSITIVE_INFINITY,
    Math.max(paidUntil, facts.graceExpiresAt ?? 0),
  )
  return Number.isFinite(endsAt) ? endsAt : null
}

export function givesAccess(purchase: AccessFacts, now: number): boolean {
  const endsAt = accessEndsAt(purchase)
  return endsAt === null || endsAt > now
}

/** Whether two forms of a purchase differ in nothing that a customer could see: when a store was asked, or will be, is none. */
export function isSameForCustomer(one: Purchase, other: Purchase): boolean {
  return haveSameFacts({ ...one, asOf: 0, dueAt: null }, { ...other, asOf: 0, dueAt: null })
}
