import { type BulkGrant, settleSlice } from '../../core/bulk/bulk-grant.ts'
import { type BulkRow, lanesOf, type RowOutcome } from '../../core/bulk/bulk-row.ts'
import { SECOND_MS } from '../../core/lib/clock.ts'
import { ok } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'
import { adjustRow } from './adjust-row.ts'
import { runLanes } from './run-lanes.ts'

/** Rows of one slice: a second or less of work, so that an order to pause is obeyed at once. */
const SLICE_ROWS = 256
/** Changes under way at once: they share commits, and leave the pool of connections to others between them. */
const ROWS_IN_FLIGHT = 128
/** No row begins when the lease ends sooner than this: longer than a statement may take, so two workers never overlap. */
const LEASE_RESERVE_MS = 30 * SECOND_MS
/** What could not be tried, for a lock that was taken or a database that was gone, is tried again after this. */
const RETRY_AFTER_MS = 2 * SECOND_MS

type Slice = { bulk: BulkGrant; outcomes: RowOutcome[]; failure: Error | null }

/**
 * Does the next waiting rows of a bulk grant whose slice the caller has. Each row is one change under its own key, so a
 * row that was done before, by a worker that did not live to write it down, only answers again. Answers how many rows
 * were settled.
 *
 * @throws the first failure, after what did not fail was written down
 */
export async function runSlice(ctx: Ctx, bulk: BulkGrant): Promise<number> {
  const startedAt = ctx.clock.now()
  const rows = await ctx.read.bulk.rows(bulk, { after: 0, limit: SLICE_ROWS, which: 'waiting' })
  const slice: Slice = { bulk, outcomes: [], failure: null }
  await runLanes(lanesOf(rows), ROWS_IN_FLIGHT, (lane) => runLane(ctx, slice, lane))
  const settled = await settle(ctx, slice, startedAt)
  if (slice.failure !== null) throw slice.failure
  return settled
}

/** A row that fails holds back the later ones of its user: they are tried again in the same order. */
async function runLane(ctx: Ctx, slice: Slice, lane: readonly BulkRow[]): Promise<void> {
  for (const row of lane) {
    if (ctx.clock.now() > (slice.bulk.leasedUntil ?? 0) - LEASE_RESERVE_MS) return
    try {
      slice.outcomes.push(await tryRow(ctx, slice.bulk, row))
    } catch (error) {
      slice.failure ??= new Error(`row ${row.number} of ${slice.bulk.bulkId} could not be tried`, { cause: error })
      return
    }
  }
}

async function tryRow(ctx: Ctx, bulk: BulkGrant, row: BulkRow): Promise<RowOutcome> {
  const { number } = row
  const adjusted = await adjustRow(ctx, bulk, row)
  if (!adjusted.ok) return { number, state: 'refused', refusal: adjusted.refusal.code }
  const { transactionId, balance } = adjusted.value.adjusted
  // Under a key that only this row can have, a replay is its own work.
  const replayed = row.idempotencyKey !== null && adjusted.value.replayed
  return { number, state: 'done', transactionId, balance, replayed }
}

/** Writes down what came of the rows, unless the slice is another worker's by now: that one finds the same. */
async function settle(ctx: Ctx, { bulk, outcomes, failure }: Slice, startedAt: number): Promise<number> {
  const settled = await ctx.transaction<number, never>(async (tx) => {
    const current = await tx.bulk.lock(bulk.projectId, bulk.bulkId)
    if (current === null || current.lease !== bulk.lease) return ok(0)
    const now = ctx.clock.now()
    const refusals: Record<string, number> = {}
    for (const outcome of outcomes) {
      if (outcome.state === 'refused') refusals[outcome.refusal] = (refusals[outcome.refusal] ?? 0) + 1
    }
    const done = outcomes.filter((outcome) => outcome.state === 'done').length
    const next = settleSlice(
      current,
      { done, refusals, workedMs: now - startedAt },
      { now, dueAt: failure === null ? now : now + RETRY_AFTER_MS },
    )
    await Promise.all([tx.bulk.saveOutcomes(bulk, outcomes, now), tx.bulk.save(next)])
    return ok(outcomes.length)
  })
  return settled.ok ? settled.value : 0
}
