import type { Customer } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import { recordChange } from './record-change.ts'

export type OverrideRefusal = { code: 'customer_unknown' } | { code: 'offering_unknown' }

/**
 * Makes an offering the current one for one customer; null takes that back. What is so already changes nothing. REST API
 * v1, offering overrides.
 */
export async function overrideOffering(
  ctx: Ctx,
  { projectId, appUserId, offeringId }: { projectId: string; appUserId: string; offeringId: string | null },
): Promise<Result<Customer, OverrideRefusal>> {
  const { offerings } = await ctx.read.catalog.ofProject(projectId)
  const isKnown = offeringId === null || offerings.some((offering) => offering.offeringId === offeringId)
  return ctx.transaction<Customer, OverrideRefusal>(async (tx) => {
    const customer = await tx.customers.lockByAppUserId(projectId, appUserId)
    if (customer === null) return refuse({ code: 'customer_unknown' })
    if (!isKnown) return refuse({ code: 'offering_unknown' })
    if ((customer.offeringOverrideId ?? null) === offeringId) return ok(customer)
    await tx.customers.setOfferingOverride(customer, offeringId)
    const changed = { ...customer, offeringOverrideId: offeringId }
    return ok(
      await recordChange(tx, changed, { kinds: ['profile'], cause: 'profile', events: [], now: ctx.clock.now() }),
    )
  })
}
