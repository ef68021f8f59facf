import type { CustomerRef } from '../../core/customers/customer.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { CreditsCapChange } from '../../core/usage/credits-cap.ts'
import type { UsageReads } from '../ports/usage.ts'
import type { Ctx } from '../ports.ts'

/** Decisions shown to an operator: more than anybody takes about one person, as a rule. */
export const CAP_CHANGES_SHOWN = 50

/** The cap of credits of one customer, and the latest decisions about it, the newest first. */
export type CreditsCapView = { creditsTotal: number | null; changes: CreditsCapChange[]; revision: number }

/** Reads what was decided about the cap of the customer behind an app user id. */
export async function readCreditsCap(
  ctx: Pick<Ctx, 'read'>,
  { projectId, userId }: { projectId: string; userId: string },
): Promise<Result<CreditsCapView, { code: 'customer_not_found' }>> {
  const customer = await ctx.read.customers.findByAppUserId(projectId, userId)
  if (customer === null) return refuse({ code: 'customer_not_found' })
  return ok(viewCreditsCap(await ctx.read.usage.creditsCaps(customer, CAP_CHANGES_SHOWN), customer.revision))
}

/** `changes` are the newest first. */
export function viewCreditsCap(changes: CreditsCapChange[], revision: number): CreditsCapView {
  return { creditsTotal: changes[0]?.creditsTotal ?? null, changes, revision }
}

/** The cap of credits that counts for a customer instead of the tier's; null when the tier's does. */
export async function creditsCapOf(usage: Pick<UsageReads, 'creditsCaps'>, ref: CustomerRef): Promise<number | null> {
  const [latest] = await usage.creditsCaps(ref, 1)
  return latest?.creditsTotal ?? null
}
