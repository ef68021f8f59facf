import type { CustomerRef } from '../../core/customers/customer.ts'
import { grantEvent } from '../../core/entitlements/grant-event.ts'
import { ok } from '../../core/lib/result.ts'
import { lockSurvivor } from '../customers/lock-survivor.ts'
import { recordChange } from '../customers/record-change.ts'
import type { Ctx } from '../ports.ts'

/** Grants looked at a time: enough to keep the database busy, few enough to stop soon. */
const DUE_BATCH = 100

/**
 * Tells the end of grants whose time is up, one by one. Access ended by itself at that instant; this is so that apps and
 * webhooks hear of it. Safe to run by several processes at once.
 */
export async function expireDueGrants(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  const due = await ctx.read.entitlementGrants.due(ctx.clock.now(), DUE_BATCH)
  let done = 0
  for (const { ref, grantId } of due) if (await expireGrant(ctx, ref, grantId)) done += 1
  return { done, more: done === DUE_BATCH }
}

/** Nothing happens when somebody was there first. */
async function expireGrant(ctx: Ctx, ref: CustomerRef, grantId: string): Promise<boolean> {
  const expired = await ctx.transaction<boolean, never>(async (tx) => {
    const customer = await lockSurvivor(tx, ref)
    if (customer === null) return ok(false)
    const now = ctx.clock.now()
    const grants = await tx.entitlementGrants.ofCustomer(customer)
    const grant = grants.find((one) => one.grantId === grantId && one.dueAt !== null && one.dueAt <= now)
    if (grant === undefined) return ok(false)
    await Promise.all([
      tx.entitlementGrants.save(customer, { ...grant, dueAt: null }),
      recordChange(tx, customer, {
        kinds: ['entitlements'],
        cause: 'expiration',
        events: [grantEvent('EXPIRATION', grant)],
        now,
      }),
    ])
    return ok(true)
  })
  return expired.ok && expired.value
}
