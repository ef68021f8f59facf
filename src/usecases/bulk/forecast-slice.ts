import { addCounts, type BulkGrant } from '../../core/bulk/bulk-grant.ts'
import { type BulkRow, lanesOf, placeOf, wholeUsers } from '../../core/bulk/bulk-row.ts'
import type { Forecast } from '../../core/bulk/forecast.ts'
import { ok } from '../../core/lib/result.ts'
import { rehearse } from '../dry-run.ts'
import type { Ctx } from '../ports.ts'
import { adjustRow } from './adjust-row.ts'
import { runLanes } from './run-lanes.ts'

/** Rows of one slice, and so the most of one user that count on each other. */
const SLICE_ROWS = 500
/** Users judged at once. Nobody waits for a forecast as for an answer, and it must not keep connections from others. */
const USERS_IN_FLIGHT = 4

type Verdict = { refusal: string | null; replayed: boolean }

/** What a part of a user's rows would come to. */
type Judged = { rows: readonly BulkRow[]; verdicts: readonly Verdict[] }

/**
 * Judges the next rows of a bulk grant whose slice the caller has: a dry run of each user's rows, in which each sees
 * those before it. Answers how many rows were judged.
 *
 * @throws the first failure; the slice is then judged again when its lease is over
 */
export async function forecastSlice(ctx: Ctx, bulk: BulkGrant): Promise<number> {
  const { place } = bulk.forecast
  const found = await ctx.read.bulk.rowsByUser(bulk, { after: place, limit: SLICE_ROWS })
  const isLast = found.length < SLICE_ROWS
  const rows = wholeUsers(found, isLast)
  const judged: Judged[] = []
  const failures: unknown[] = []
  await runLanes(lanesOf(rows), USERS_IN_FLIGHT, async (lane) => {
    try {
      judged.push({ rows: lane, verdicts: await judgeUser(ctx, bulk, lane) })
    } catch (error) {
      failures.push(error)
    }
  })
  if (failures.length > 0) throw new Error(`the forecast of ${bulk.bulkId} failed`, { cause: failures[0] })
  const last = rows.at(-1)
  await keep(ctx, bulk, judged, { isDone: isLast, place: last === undefined ? place : placeOf(last) })
  return rows.length
}

function judgeUser(ctx: Ctx, bulk: BulkGrant, rows: readonly BulkRow[]): Promise<Verdict[]> {
  return rehearse(ctx, async (rehearsal) => {
    const verdicts: Verdict[] = []
    for (const row of rows) {
      const adjusted = await adjustRow(rehearsal, bulk, row)
      verdicts.push(
        adjusted.ok
          ? { refusal: null, replayed: adjusted.value.replayed }
          : { refusal: adjusted.refusal.code, replayed: false },
      )
    }
    return verdicts
  })
}

/** Adds to the forecast, unless the slice is another worker's by now, or the bulk grant was started meanwhile. */
async function keep(
  ctx: Ctx,
  bulk: BulkGrant,
  judged: readonly Judged[],
  end: Pick<Forecast, 'isDone' | 'place'>,
): Promise<void> {
  const refused = judged.flatMap(({ rows, verdicts }) =>
    rows.flatMap((row, index) => {
      const refusal = verdicts[index]?.refusal ?? null
      return refusal === null ? [] : [{ number: row.number, refusal }]
    }),
  )
  await ctx.transaction<null, never>(async (tx) => {
    const current = await tx.bulk.lock(bulk.projectId, bulk.bulkId)
    if (current === null || current.lease !== bulk.lease) return ok(null)
    const isWanted = current.state === 'uploaded'
    const now = ctx.clock.now()
    const forecast = isWanted ? { ...addTo(current.forecast, judged), ...end } : current.forecast
    const dueAt = isWanted ? (end.isDone ? null : now) : current.dueAt
    await Promise.all([
      refused.length > 0 && isWanted ? tx.bulk.saveForecasts(bulk, refused) : null,
      tx.bulk.save({ ...current, forecast, leasedUntil: null, dueAt }),
    ])
    return ok(null)
  })
}

function addTo(forecast: Forecast, judged: readonly Judged[]): Forecast {
  let { judged: rowsJudged, replayed, refusals, users, unknownUsers } = forecast
  for (const { rows, verdicts } of judged) {
    const isNewUser = rows[0]?.userId !== forecast.place?.userId
    const isUnknown = verdicts.some(({ refusal }) => refusal === 'customer_not_found')
    rowsJudged += rows.length
    replayed += verdicts.filter((verdict) => verdict.replayed).length
    if (isNewUser) users += 1
    if (isNewUser && isUnknown) unknownUsers += 1
    for (const { refusal } of verdicts) if (refusal !== null) refusals = addCounts(refusals, { [refusal]: 1 })
  }
  return { ...forecast, judged: rowsJudged, replayed, refusals, users, unknownUsers }
}
