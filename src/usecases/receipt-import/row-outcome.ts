import { RECEIPT_FIELDS } from '../../core/receipt-import/receipt-columns.ts'
import type { FileRow } from '../../core/receipt-import/receipt-row.ts'
import type { RowOutcome } from '../../core/receipt-import/report-line.ts'
import type { Ctx } from '../ports.ts'
import type { RowPlace } from './row-place.ts'

/** Enough that no two rows of a file are mixed up, and too little to tell the receipt by. */
const FINGERPRINT_LENGTH = 16

/** What came of a row, with what ties it to the row. */
export function outcomeOf(
  ctx: Pick<Ctx, 'hash'>,
  place: RowPlace,
  row: FileRow,
  said: Pick<RowOutcome, 'outcome' | 'code' | 'problem'>,
): RowOutcome {
  const { app_user_id: appUserId = '', product_id: storeProductId = '' } = row.fields
  return { row: row.row, fingerprint: fingerprintOf(ctx, place, row), ...said, appUserId, storeProductId }
}

/** A part of a hash of all that a row says and of where it goes. */
export function fingerprintOf({ hash }: Pick<Ctx, 'hash'>, { project, chosen }: RowPlace, row: FileRow): string {
  const said = RECEIPT_FIELDS.map((field) => row.fields[field] ?? null)
  return hash(JSON.stringify([project.projectId, chosen?.appId ?? null, ...said])).slice(0, FINGERPRINT_LENGTH)
}
