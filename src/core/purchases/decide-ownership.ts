import type { RestoreBehavior } from '../projects/project.ts'
import type { Environment } from './purchase.ts'

/** `alias`: owner and poster become one customer. `transfer`: the purchase moves. `refuse`: nothing moves. */
export type OwnershipPlan = 'alias' | 'transfer' | 'refuse'

/** What decided: that nobody has logged in to the owner, or a behaviour and who set it. */
export type OwnershipRule =
  | { source: 'anonymous_owner'; behavior: null }
  | { source: 'customer' | 'sandbox_setting' | 'project_setting'; behavior: RestoreBehavior }

/** Behaviours that are set where; null where nothing is. */
export type RestoreSettings = {
  project: RestoreBehavior
  /** Of the project, for sandbox purchases. */
  sandbox: RestoreBehavior | null
  /** Of the owner, through REST API v1. */
  owner: RestoreBehavior | null
}

export type OwnershipQuestion = {
  ownerIsAnonymous: boolean
  /** Whether the posted purchase is a subscription that gives access now. */
  isActiveSubscription: boolean
  environment: Environment
  /** Whether the app restores; else it posts what was just bought, or what it found in the background. */
  isRestore: boolean
  settings: RestoreSettings
}

/**
 * Whose purchase it is when a token that belongs to one customer is posted for another. REST API v1, transfer behaviour:
 * an owner that nobody has logged in to is always joined with the poster; between identified customers a behaviour
 * decides: the owner's own, else the one for sandbox purchases, else the project's.
 */
export function decideOwnership(question: OwnershipQuestion): { plan: OwnershipPlan; rule: OwnershipRule } {
  if (question.ownerIsAnonymous) return { plan: 'alias', rule: { source: 'anonymous_owner', behavior: null } }
  const rule = ruleFor(question.settings, question.environment)
  return { plan: planBy(rule.behavior, question), rule }
}

function ruleFor(settings: RestoreSettings, environment: Environment) {
  if (settings.owner !== null) return { source: 'customer' as const, behavior: settings.owner }
  if (environment === 'sandbox' && settings.sandbox !== null) {
    return { source: 'sandbox_setting' as const, behavior: settings.sandbox }
  }
  return { source: 'project_setting' as const, behavior: settings.project }
}

function planBy(behavior: RestoreBehavior, question: OwnershipQuestion): OwnershipPlan {
  switch (behavior) {
    case 'transfer':
      return 'transfer'
    case 'transfer_if_no_active_subs':
      return question.isActiveSubscription ? 'refuse' : 'transfer'
    case 'share':
      return question.isRestore ? 'alias' : 'refuse'
    case 'error':
      return 'refuse'
  }
}
