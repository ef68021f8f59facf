import { type BulkGrant, type BulkOrder, type BulkStateRefusal, orderBulk } from '../../core/bulk/bulk-grant.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

export type ChangeBulkInput = { projectId: string; bulkId: string; order: BulkOrder; actor: string }

export type ChangeBulkRefusal = BulkStateRefusal | { code: 'bulk_not_found' }

/** Starts, pauses, resumes or cancels a bulk grant. What has been done stays done. */
export async function changeBulk(ctx: Ctx, input: ChangeBulkInput): Promise<Result<BulkGrant, ChangeBulkRefusal>> {
  return ctx.transaction<BulkGrant, ChangeBulkRefusal>(async (tx) => {
    const bulk = await tx.bulk.lock(input.projectId, input.bulkId)
    if (bulk === null) return refuse({ code: 'bulk_not_found' })
    const next = orderBulk(bulk, input.order, { actor: input.actor, now: ctx.clock.now() })
    if (!next.ok || next.value === bulk) return next
    await tx.bulk.save(next.value)
    return ok(next.value)
  })
}

/** Deletes a bulk grant that was never started, with its rows: a file that was wrong, or only tried. */
export async function discardBulk(
  ctx: Ctx,
  { projectId, bulkId }: { projectId: string; bulkId: string },
): Promise<Result<null, ChangeBulkRefusal>> {
  return ctx.transaction<null, ChangeBulkRefusal>(async (tx) => {
    const bulk = await tx.bulk.lock(projectId, bulkId)
    if (bulk === null) return refuse({ code: 'bulk_not_found' })
    if (bulk.startedAt !== null) return refuse({ code: 'bulk_state', state: bulk.state })
    await tx.bulk.delete(bulk)
    return ok(null)
  })
}
