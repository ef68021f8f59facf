import type { EndReason } from './end-reason.ts'

/**
 * What is so about a chain beside its charges, at one moment. The same facts stand in what a store says and in what is
 * stored, so the two can be compared one by one.
 */
export type ChainState = {
  /** The instant at the source at which all of this was so. */
  asOf: number
  ownership: 'PURCHASED' | 'FAMILY_SHARED'
  /** Whether the store means to charge again, or is still trying to. */
  autoRenews: boolean
  /** When the renewal was seen switched off; null while it is on. */
  unsubscribeDetectedAt: number | null
  /** Why it is off; null when it is on or nobody said. */
  cancelReason: EndReason | null
  /** When the charge was first seen to fail; null again once the store was paid. */
  billingIssueDetectedAt: number | null
  graceExpiresAt: number | null
  /** When a pause ends, from the moment it is planned for the end of the period; null without one. */
  autoResumeAt: number | null
  /** The product that comes at the next renewal, when it is another one. */
  pendingProductId: string | null
  /** Whether the buyer has to agree to a higher price, and has. */
  priceConsent: 'required' | 'approved' | null
  /** When a family member lost what was shared; no money moves. */
  revokedAt: number | null
  /** When another chain took this one's place. */
  superseded: Superseded | null
}

export type Superseded = {
  at: number
  /** A change of the product tells of itself; a top-up of prepaid time ends the older chain. */
  by: 'product_change' | 'top_up'
  /** The product that came instead. */
  productId: string
}

/** Nothing is the matter with a chain. */
export const UNTROUBLED = {
  ownership: 'PURCHASED',
  unsubscribeDetectedAt: null,
  cancelReason: null,
  billingIssueDetectedAt: null,
  graceExpiresAt: null,
  autoResumeAt: null,
  pendingProductId: null,
  priceConsent: null,
  revokedAt: null,
  superseded: null,
} as const satisfies Omit<ChainState, 'asOf' | 'autoRenews'>

/** The state alone, of whatever carries it. */
export function stateOf(bearer: ChainState): ChainState {
  const { asOf, ownership, autoRenews, unsubscribeDetectedAt, cancelReason, billingIssueDetectedAt } = bearer
  const { graceExpiresAt, autoResumeAt, pendingProductId, priceConsent, revokedAt, superseded } = bearer
  return {
    asOf,
    ownership,
    autoRenews,
    unsubscribeDetectedAt,
    cancelReason,
    billingIssueDetectedAt,
    graceExpiresAt,
    autoResumeAt,
    pendingProductId,
    priceConsent,
    revokedAt,
    superseded,
  }
}
