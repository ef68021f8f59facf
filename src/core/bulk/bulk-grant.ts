import { DAY_MS, SECOND_MS } from '../lib/clock.ts'
import { ok, type Result, refuse } from '../lib/result.ts'
import type { Forecast } from './forecast.ts'

export type BulkState = 'uploaded' | 'running' | 'paused' | 'cancelled' | 'done'

/** What all rows of one currency add up to. `deducted` is a positive number. */
export type CurrencySum = { currency: string; rows: number; granted: number; deducted: number }

/** Many changes of balances that were handed in as one file. Its rows are kept beside it. */
export type BulkGrant = {
  projectId: string
  bucket: number
  bulkId: string
  state: BulkState
  /** What people call it, such as the name of the file. */
  name: string | null
  /** A hash of all rows: the same file handed in twice is noticed. */
  contentHash: string
  /** Who handed it in, and who started it; the ledger names the latter. */
  uploadedBy: string
  startedBy: string | null
  rows: number
  sums: readonly CurrencySum[]
  forecast: Forecast
  done: number
  refused: number
  /** How many rows were refused for which reason, by code. */
  refusals: Readonly<Record<string, number>>
  /** How long workers were busy with its rows. */
  workedMs: number
  /** Counts the slices that were handed to workers. A worker whose number is not the latest has lost its slice. */
  lease: number
  /** Until when the latest slice belongs to its worker; null when it was handed back. */
  leasedUntil: number | null
  /** When a worker should look at it next; null when nothing is to be done. */
  dueAt: number | null
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
}

export type BulkOrder = 'start' | 'pause' | 'resume' | 'cancel'

export type BulkStateRefusal = { code: 'bulk_state'; state: BulkState }

/** From which states an order leads where. An order that was carried out already changes nothing and is no fault. */
const TRANSITIONS: Record<BulkOrder, { from: readonly BulkState[]; to: BulkState }> = {
  start: { from: ['uploaded'], to: 'running' },
  pause: { from: ['running'], to: 'paused' },
  resume: { from: ['paused'], to: 'running' },
  cancel: { from: ['uploaded', 'running', 'paused'], to: 'cancelled' },
}

/** Starts, pauses, resumes or cancels. A slice that is under way ends in any case, and is counted. */
export function orderBulk(
  bulk: BulkGrant,
  order: BulkOrder,
  { actor, now }: { actor: string; now: number },
): Result<BulkGrant, BulkStateRefusal> {
  const { from, to } = TRANSITIONS[order]
  if (bulk.state === to) return ok(bulk)
  if (!from.includes(bulk.state)) return refuse({ code: 'bulk_state', state: bulk.state })
  return ok({
    ...bulk,
    state: to,
    dueAt: to === 'running' ? now : null,
    startedBy: order === 'start' ? actor : bulk.startedBy,
    startedAt: order === 'start' ? now : bulk.startedAt,
    finishedAt: to === 'cancelled' ? now : null,
  })
}

/**
 * How long after its start a bulk grant may go on. Idempotency keys are kept for a little longer; without the key of a row
 * that was done but not written down, it would be done again.
 */
const LIFE_MS = 30 * DAY_MS

/** Cancels a bulk grant that was started too long ago; null when it may go on. */
export function cancelOverdue(bulk: BulkGrant, now: number): BulkGrant | null {
  if (bulk.startedAt === null || now - bulk.startedAt < LIFE_MS) return null
  return { ...bulk, state: 'cancelled', dueAt: null, leasedUntil: null, finishedAt: now }
}

/** What came of a slice of rows: how many were done, and how many were refused for which reason. */
export type SliceOutcome = { done: number; refusals: Readonly<Record<string, number>>; workedMs: number }

/** Hands a slice back. `dueAt` is when the next one may begin. */
export function settleSlice(bulk: BulkGrant, slice: SliceOutcome, at: { now: number; dueAt: number }): BulkGrant {
  const done = bulk.done + slice.done
  const refused = bulk.refused + sumOf(slice.refusals)
  const isOver = done + refused === bulk.rows
  const isRunning = bulk.state === 'running'
  return {
    ...bulk,
    state: isOver ? 'done' : bulk.state,
    done,
    refused,
    refusals: addCounts(bulk.refusals, slice.refusals),
    workedMs: bulk.workedMs + slice.workedMs,
    leasedUntil: null,
    dueAt: isRunning && !isOver ? at.dueAt : null,
    finishedAt: isOver ? at.now : bulk.finishedAt,
  }
}

export type BulkProgress = {
  done: number
  refused: number
  remaining: number
  /** Of the time that workers were busy; null before there is any. */
  rowsPerSecond: number | null
  /** Rows that the forecast sees refused, among those that it has judged. */
  wouldBeRefused: number
}

/** How far a bulk grant is. */
export function bulkProgress({ rows, done, refused, workedMs, forecast }: BulkGrant): BulkProgress {
  const settled = done + refused
  const rowsPerSecond = workedMs > 0 ? Math.round((settled * SECOND_MS) / workedMs) : null
  return { done, refused, remaining: rows - settled, rowsPerSecond, wouldBeRefused: sumOf(forecast.refusals) }
}

/** Adds counts by name. */
export function addCounts(
  one: Readonly<Record<string, number>>,
  other: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum = { ...one }
  for (const [name, count] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + count
  return sum
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0)
}
