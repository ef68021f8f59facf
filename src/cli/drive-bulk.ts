import { setTimeout as pause } from 'node:timers/promises'
import { type BulkGrant, bulkProgress } from '../core/bulk/bulk-grant.ts'
import { advanceBulks } from '../usecases/bulk/advance-bulks.ts'
import { changeBulk } from '../usecases/bulk/change-bulk.ts'
import type { Ctx } from '../usecases/ports.ts'
import { count, progressLine } from './progress-line.ts'

/** How long to wait for a slice that a running server has. */
const OTHERS_SLICE_MS = 200

/**
 * Works on one bulk grant until nothing of it is due, beside a running server if there is one, and answers how it stands
 * then. The first Ctrl-C pauses it after the slice under way.
 */
export async function driveBulk(ctx: Ctx, bulk: BulkGrant, verb: 'judging' | 'granting'): Promise<BulkGrant> {
  const stopping = new AbortController()
  const stop = () => stopping.abort()
  process.once('SIGINT', stop).once('SIGTERM', stop)
  const line = progressLine(process.stderr, ctx.clock, verb)
  try {
    let current = bulk
    while (current.dueAt !== null || current.leasedUntil !== null) {
      if (stopping.signal.aborted) {
        await changeBulk(ctx, { ...current, order: verb === 'granting' ? 'pause' : 'cancel', actor: '' })
      }
      const { more } = await advanceBulks(ctx, current.bulkId)
      if (!more) await pause(OTHERS_SLICE_MS)
      current = (await ctx.read.bulk.get(current.projectId, current.bulkId)) ?? {
        ...current,
        dueAt: null,
        leasedUntil: null,
      }
      line.say(progressText(current, verb))
    }
    return current
  } finally {
    line.clear()
    process.off('SIGINT', stop).off('SIGTERM', stop)
  }
}

function progressText(bulk: BulkGrant, verb: 'judging' | 'granting'): string {
  const { done, refused, rowsPerSecond } = bulkProgress(bulk)
  if (verb === 'judging') return `judging ${count(bulk.forecast.judged)} of ${count(bulk.rows)} rows`
  const rate = rowsPerSecond === null ? '' : `, ${count(rowsPerSecond)} rows/s`
  return `granting ${count(done + refused)} of ${count(bulk.rows)} rows; ${count(refused)} refused${rate}`
}
