import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { BlockedId } from '../ports/customer-rules.ts'
import type { Ctx } from '../ports.ts'
import { deleteCustomer } from './delete-customer.ts'

/** Blocked ids of a project, as at RevenueCat. The list is read as a whole. */
export const BLOCKED_IDS_MAX = 100

export type BlockRefusal = { code: 'too_many_blocked_ids' }

export type BlockInput = { projectId: string; appUserId: string; reason: string; actor: string }

/**
 * Blocks an app user id: whoever has it is deleted with all of their ids, and it names nobody again until it is unblocked.
 * Doing it again changes nothing but deletes what may be left. Three steps, each safe to repeat: from the first on nobody
 * can take the id, the second waits for those who were about to, the third deletes. RevenueCat, blocked app user ids.
 */
export async function blockAppUserId(
  ctx: Ctx,
  { projectId, appUserId, reason, actor }: BlockInput,
): Promise<Result<{ isDeleted: boolean }, BlockRefusal>> {
  const blocked = await ctx.transaction<null, BlockRefusal>(async (tx) => {
    const known = await tx.customerRules.blockedIds(projectId)
    if (known.some((one) => one.appUserId === appUserId)) return ok(null)
    if (known.length >= BLOCKED_IDS_MAX) return refuse({ code: 'too_many_blocked_ids' })
    await tx.customerRules.block(projectId, { appUserId, reason, actor, blockedAt: ctx.clock.now() })
    return ok(null)
  })
  if (!blocked.ok) return blocked
  await ctx.transaction<null, never>(async (tx) => {
    await tx.customerRules.awaitClaims(projectId, appUserId, ctx.clock.now())
    return ok(null)
  })
  const deleted = await deleteCustomer(ctx, { projectId, appUserId, by: actor })
  return ok({ isDeleted: deleted.ok })
}

/** Lets an id be used again, by a customer who begins anew. Answers whether it was blocked. */
export async function unblockAppUserId(
  ctx: Ctx,
  { projectId, appUserId }: { projectId: string; appUserId: string },
): Promise<boolean> {
  const unblocked = await ctx.transaction<boolean, never>(async (tx) =>
    ok(await tx.customerRules.unblock(projectId, appUserId)),
  )
  return unblocked.ok && unblocked.value
}

/** The blocked ids of a project, the latest first. */
export function listBlockedIds(ctx: Pick<Ctx, 'read'>, projectId: string): Promise<BlockedId[]> {
  return ctx.read.customerRules.blockedIds(projectId)
}
