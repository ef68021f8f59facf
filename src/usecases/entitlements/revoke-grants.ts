import type { Customer } from '../../core/customers/customer.ts'
import { grantGivesAccess } from '../../core/entitlements/grant.ts'
import { grantEvent } from '../../core/entitlements/grant-event.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx } from '../ports.ts'

export type RevokeGrantsInput = { projectId: string; appUserId: string; entitlement: string }

export type RevokeGrantsRefusal = { code: 'customer_unknown' } | { code: 'entitlement_unknown'; entitlement: string }

/**
 * Takes back every running grant of an entitlement; what was bought stays. A second call finds nothing to take back and
 * changes nothing. A grant whose end has come is left to the worker that tells it. REST API v1, grants.
 */
export async function revokeGrants(
  ctx: Ctx,
  { projectId, appUserId, entitlement }: RevokeGrantsInput,
): Promise<Result<Customer, RevokeGrantsRefusal>> {
  return ctx.transaction<Customer, RevokeGrantsRefusal>(async (tx) => {
    const customer = await tx.customers.lockByAppUserId(projectId, appUserId)
    if (customer === null) return refuse({ code: 'customer_unknown' })
    const now = ctx.clock.now()
    const grants = await tx.entitlementGrants.ofCustomer(customer)
    const own = grants.filter((grant) => grant.lookupKey === entitlement)
    if (own.length === 0 && !(await tx.entitlementGrants.isEntitlement(projectId, entitlement)))
      return refuse({ code: 'entitlement_unknown', entitlement })
    const revoked = own
      .filter((grant) => grantGivesAccess(grant, now))
      .map((grant) => ({ ...grant, revokedAt: now, dueAt: null }))
    if (revoked.length === 0) return ok(customer)
    for (const grant of revoked) await tx.entitlementGrants.save(customer, grant)
    const events = revoked.flatMap((grant) => [grantEvent('CANCELLATION', grant), grantEvent('EXPIRATION', grant)])
    return ok(await recordChange(tx, customer, { kinds: ['entitlements'], cause: 'grant_revoked', events, now }))
  })
}
