import type { Customer } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { RestoreBehavior } from '../../core/projects/project.ts'
import type { Ctx } from '../ports.ts'

/** `share` belongs to a whole project. */
export const OWNER_BEHAVIORS = ['transfer', 'transfer_if_no_active_subs', 'error'] as const satisfies RestoreBehavior[]

export type OwnerBehavior = (typeof OWNER_BEHAVIORS)[number]

/**
 * Decides what happens to purchases that belong to this customer when others post them, whatever the project says. Nothing
 * that a client reads changes, so no revision is raised. REST API v1, restore behaviour.
 */
export async function setRestoreBehavior(
  ctx: Ctx,
  { projectId, appUserId, behavior }: { projectId: string; appUserId: string; behavior: OwnerBehavior },
): Promise<Result<Customer, { code: 'customer_unknown' }>> {
  return ctx.transaction(async (tx) => {
    const customer = await tx.customers.lockByAppUserId(projectId, appUserId)
    if (customer === null) return refuse({ code: 'customer_unknown' as const })
    await tx.ownership.setRestoreBehavior(customer, behavior)
    return ok(customer)
  })
}
