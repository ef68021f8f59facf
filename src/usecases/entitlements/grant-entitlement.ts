import type { Customer } from '../../core/customers/customer.ts'
import { decideGrant, type GrantRefusal, type GrantTerms } from '../../core/entitlements/decide-grant.ts'
import type { EntitlementGrant } from '../../core/entitlements/grant.ts'
import { grantEvent } from '../../core/entitlements/grant-event.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx, Tx } from '../ports.ts'

export type GrantInput = {
  projectId: string
  appUserId: string
  /** The lookup key of the entitlement. */
  entitlement: string
  terms: GrantTerms
  /** Who gives it: a secret key or an operator. */
  by: string
}

export type GrantEntitlementRefusal =
  | GrantRefusal
  | { code: 'customer_unknown' }
  | { code: 'entitlement_unknown'; entitlement: string }

/** Digits of the hexadecimal identifier that stands for the store's transaction. REST API v1, grants. */
const TRANSACTION_ID_DIGITS = 32

/**
 * Gives a customer access to an entitlement until an instant, beside what was bought. The customer must exist: a misspelt
 * id must not look like a success. Asking again for about the same end changes nothing. REST API v1, grants.
 */
export async function grantEntitlement(
  ctx: Ctx,
  input: GrantInput,
): Promise<Result<Customer, GrantEntitlementRefusal>> {
  return ctx.transaction<Customer, GrantEntitlementRefusal>(async (tx) => {
    const customer = await tx.customers.lockByAppUserId(input.projectId, input.appUserId)
    if (customer === null) return refuse({ code: 'customer_unknown' })
    const [isKnown, grants] = await Promise.all([
      tx.entitlementGrants.isEntitlement(input.projectId, input.entitlement),
      tx.entitlementGrants.ofCustomer(customer),
    ])
    if (!isKnown) return refuse({ code: 'entitlement_unknown', entitlement: input.entitlement })
    const now = ctx.clock.now()
    const decided = decideGrant(input.entitlement, input.terms, grants, now)
    if (!decided.ok) return decided
    if (decided.value.kind === 'duplicate') return ok(customer)
    const { duration, expiresAt, forgotten } = decided.value
    const grantId = ctx.ids.next('grant')
    const grant: EntitlementGrant = {
      grantId,
      lookupKey: input.entitlement,
      duration,
      grantedBy: input.by,
      storeTransactionId: ctx.hash(grantId).slice(0, TRANSACTION_ID_DIGITS),
      grantedAt: now,
      expiresAt,
      revokedAt: null,
      dueAt: expiresAt,
    }
    return ok(await save(tx, customer, grant, forgotten))
  })
}

async function save(
  tx: Tx,
  customer: Customer,
  grant: EntitlementGrant,
  forgotten: readonly EntitlementGrant[],
): Promise<Customer> {
  const [, , changed] = await Promise.all([
    tx.entitlementGrants.save(customer, grant),
    tx.entitlementGrants.delete(
      customer,
      forgotten.map(({ grantId }) => grantId),
    ),
    recordChange(tx, customer, {
      kinds: ['entitlements'],
      cause: 'grant',
      events: [grantEvent('NON_RENEWING_PURCHASE', grant)],
      now: grant.grantedAt,
    }),
  ])
  return changed
}
