import { chooseApp } from '../../core/receipt-import/choose-app.ts'
import type { FileRow, ReceiptRow } from '../../core/receipt-import/receipt-row.ts'
import type { RowOutcome } from '../../core/receipt-import/report-line.ts'
import type { Ctx } from '../ports.ts'
import { postReceipt, type ReceiptRefusal } from '../purchases/post-receipt.ts'
import { outcomeOf } from './row-outcome.ts'
import type { RowPlace } from './row-place.ts'

/** Waits before a store that did not answer is asked again: long enough for a hiccup and for a quota of a minute. */
const ASK_AGAIN_AFTER_MS = [1_000, 5_000, 25_000]

/** Whether a refusal is for good. What may be right later is not, and can be tried again by itself. */
const OUTCOME_OF_REFUSAL = {
  receipt_invalid: 'refused',
  product_unknown: 'refused',
  receipt_in_use: 'refused',
  store_unavailable: 'failed',
  store_unsupported: 'failed',
} as const satisfies Record<ReceiptRefusal['code'], RowOutcome['outcome']>

type Trial = {
  row: FileRow
  receipt: ReceiptRow
  pause(ms: number): Promise<void>
  signal: AbortSignal
}

/** Imports one receipt; a store that does not answer is asked again. Null when it was left because of the signal. */
export async function importRow(ctx: Ctx, place: RowPlace, trial: Trial): Promise<RowOutcome | null> {
  const { row, receipt, pause, signal } = trial
  const app = chooseApp(place.apps, receipt, place.chosen)
  if (!app.ok) return outcomeOf(ctx, place, row, { outcome: 'refused', ...app.refusal })
  for (const waitMs of [...ASK_AGAIN_AFTER_MS, null]) {
    const posted = await postReceipt(ctx, {
      project: place.project,
      app: app.value,
      appUserId: receipt.appUserId,
      fetchToken: receipt.fetchToken,
      storeProductId: receipt.storeProductId,
      presentedOffering: null,
      createsEvents: place.createsEvents,
      countsAsVisit: false,
    })
    if (posted.ok) return outcomeOf(ctx, place, row, { outcome: 'imported', code: '', problem: '' })
    const { refusal } = posted
    if (refusal.code !== 'store_unavailable' || waitMs === null) {
      const problem = problemOf(refusal)
      return outcomeOf(ctx, place, row, { outcome: OUTCOME_OF_REFUSAL[refusal.code], code: refusal.code, problem })
    }
    if (signal.aborted) return null
    await pause(waitMs)
  }
  return null
}

function problemOf(refusal: ReceiptRefusal): string {
  if ('problem' in refusal) return refusal.problem
  if (refusal.code === 'product_unknown') return `the app has no product ${refusal.storeProductId}`
  if (refusal.code === 'store_unsupported') return `receipts of ${refusal.store} cannot be verified yet`
  return 'the receipt belongs to another user, and the project does not let receipts change hands'
}
