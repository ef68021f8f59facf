import type { RestoreBehavior } from '../projects/project.ts'

export type OwnershipPlan = 'alias' | 'transfer' | 'refuse'

/**
 * Whose purchase it is when a token that belongs to one customer is posted for another.
 * REST API v1, transfer behaviour: an owner that nobody has logged in to is always joined with the poster;
 * between identified customers the project's setting decides.
 */
export function decideOwnership(input: {
  ownerIsAnonymous: boolean
  /** Whether the posted purchase is a subscription that gives access now. */
  isActiveSubscription: boolean
  behavior: RestoreBehavior
}): OwnershipPlan {
  if (input.ownerIsAnonymous) return 'alias'
  if (input.behavior === 'transfer') return 'transfer'
  if (input.behavior === 'transfer_if_no_active_subs' && !input.isActiveSubscription) return 'transfer'
  return 'refuse'
}
