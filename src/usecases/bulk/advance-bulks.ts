import { type BulkGrant, cancelOverdue } from '../../core/bulk/bulk-grant.ts'
import { MINUTE_MS } from '../../core/lib/clock.ts'
import { ok } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import { forecastSlice } from './forecast-slice.ts'
import { runSlice } from './run-slice.ts'

/** How long a slice belongs to its worker. One that was killed is followed by another after this. */
const LEASE_MS = MINUTE_MS

/**
 * Does the next slice of the bulk grant that has waited longest, or of the one that is named: rows of a running one, the
 * forecast of one that was handed in. Safe to run by several processes at once: a slice has one worker.
 */
export async function advanceBulks(ctx: Ctx, bulkId: string | null = null): Promise<{ done: number; more: boolean }> {
  const bulk = await claim(ctx, bulkId)
  if (bulk === null) return { done: 0, more: false }
  const done = bulk.state === 'running' ? await runSlice(ctx, bulk) : await forecastSlice(ctx, bulk)
  return { done, more: true }
}

async function claim(ctx: Ctx, bulkId: string | null): Promise<BulkGrant | null> {
  const claimed = await ctx.transaction<BulkGrant | null, never>(async (tx) => {
    const now = ctx.clock.now()
    const due = await tx.bulk.claimDue({ now, leasedUntil: now + LEASE_MS, bulkId })
    const overdue = due && cancelOverdue(due, now)
    if (overdue === null) return ok(due)
    await tx.bulk.save(overdue)
    return ok(null)
  })
  return claimed.ok ? claimed.value : null
}
