import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Hold } from '../../core/wallet/hold.ts'
import type { Ctx } from '../ports.ts'

/** The newest ones; all that can be open, and then some. */
const LISTED_MAX = 200

/** The holds of the customer behind an app user id, the newest first. */
export async function listHolds(
  ctx: Ctx,
  input: { projectId: string; appUserId: string; isOpen: boolean },
): Promise<Result<{ holds: Hold[]; revision: number }, { code: 'customer_not_found' }>> {
  const customer = await ctx.read.customers.findByAppUserId(input.projectId, input.appUserId)
  if (customer === null) return refuse({ code: 'customer_not_found' })
  const holds = await ctx.read.holds.ofCustomer(customer, { isOpen: input.isOpen, limit: LISTED_MAX })
  return ok({ holds, revision: customer.revision })
}
