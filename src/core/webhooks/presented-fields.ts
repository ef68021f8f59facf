import type { PresentedContext } from '../purchases/receipt-facts.ts'
import type { EventFields } from './event-facts.ts'

/**
 * The placement and the targeting rule by which the offering of a purchase was shown; absent when an app told neither.
 * RevenueCat documents the field without its parts, which are called here as in what its SDKs send about paywalls.
 * RevenueCat webhooks, `presented_offering_context`.
 */
export function presentedFields(presented: PresentedContext | null): EventFields {
  const { placement, targeting } = presented ?? {}
  if (placement === undefined && targeting === undefined) return {}
  return {
    presented_offering_context: {
      placement_identifier: placement ?? null,
      targeting_revision: targeting?.revision ?? null,
      targeting_rule_id: targeting?.ruleId ?? null,
    },
  }
}
