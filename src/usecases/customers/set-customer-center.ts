import { ok } from '../../core/lib/result.ts'
import type { CustomerCenter } from '../ports/customer-center.ts'
import type { Ctx } from '../ports.ts'

/** Puts a project's document for the customer center into force; it counts from the next time an app asks. */
export async function setCustomerCenter(
  ctx: Ctx,
  { projectId, document, actor }: { projectId: string; document: object; actor: string },
): Promise<CustomerCenter> {
  const center: CustomerCenter = { document, actor, updatedAt: ctx.clock.now() }
  await ctx.transaction(async (tx) => ok(await tx.customerCenters.set(projectId, center)))
  return center
}
