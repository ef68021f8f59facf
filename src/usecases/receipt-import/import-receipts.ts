import { type FileRow, parseReceiptRow } from '../../core/receipt-import/receipt-row.ts'
import type { RowOutcome } from '../../core/receipt-import/report-line.ts'
import type { Ctx } from '../ports.ts'
import { importRow } from './import-row.ts'
import { newPace } from './pace.ts'
import { reportInOrder } from './report-in-order.ts'
import { outcomeOf } from './row-outcome.ts'
import type { RowPlace } from './row-place.ts'
import { newTurns } from './turns.ts'

export type ImportOrder = RowPlace & {
  /** Receipts a second, at most: every one may be a question to a store, and stores count. */
  perSecond: number
  /** Receipts at once. */
  parallel: number
}

/** What an import needs of its surroundings. */
export type ImportHands = {
  pause(ms: number): Promise<void>
  /** Keeps outcomes, in the order of the file. What it has kept is never done again. */
  report(outcomes: readonly RowOutcome[]): Promise<void>
  /** Ends the import after the rows under way. */
  signal: AbortSignal
}

/** `silent`: the store has not answered for a while, so that going on would only make a list of failures. */
export type ImportEnd = 'done' | 'stopped' | 'silent'

/** So many rows, one after the other, for which no store answered, are no accident. */
const SILENT_AFTER = 20

/**
 * Imports the receipts of a file, by the use case that takes them from apps, so that doing one again is harmless. Rows of
 * one user and rows of one receipt are done in their order, others at once. Throws what the database throws: rows that
 * were not reported by then are to be done again.
 */
export async function importReceipts(
  ctx: Ctx,
  order: ImportOrder,
  rows: AsyncIterable<FileRow>,
  { pause, report, signal }: ImportHands,
): Promise<ImportEnd> {
  const turns = newTurns(order.parallel)
  const pace = newPace(ctx.clock, order.perSecond, pause)
  let unanswered = 0
  const reports = reportInOrder(async (outcomes) => {
    for (const { code } of outcomes) unanswered = code === 'store_unavailable' ? unanswered + 1 : 0
    await report(outcomes)
  })
  const isSilent = () => unanswered >= SILENT_AFTER
  for await (const row of rows) {
    if (signal.aborted || isSilent() || turns.hasFailed()) break
    const parsed = parseReceiptRow(row)
    const settle = reports.reserve()
    if (!parsed.ok) {
      settle(outcomeOf(ctx, order, row, { outcome: 'refused', code: 'row_invalid', problem: parsed.refusal }))
    } else {
      const keys = [`user ${parsed.value.appUserId}`, `receipt ${parsed.value.fetchToken}`]
      await turns.take(keys)
      await pace()
      turns.begin(keys, async () => {
        let outcome: RowOutcome | null = null
        try {
          outcome = await importRow(ctx, order, { row, receipt: parsed.value, pause, signal })
        } finally {
          settle(outcome)
        }
      })
    }
    await reports.room()
  }
  await turns.end()
  await reports.flushed()
  turns.rethrow()
  if (signal.aborted) return 'stopped'
  return isSilent() ? 'silent' : 'done'
}
