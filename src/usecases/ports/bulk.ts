import type { BulkGrant } from '../../core/bulk/bulk-grant.ts'
import type { BulkRow, RowOrder, RowOutcome, RowState } from '../../core/bulk/bulk-row.ts'
import type { ForecastPlace } from '../../core/bulk/forecast.ts'
import type { CsvRecord } from '../../core/bulk/parse-file.ts'

/** Reads the records of a CSV file (RFC 4180) one after the other. What cannot be read is the last of them. */
export type ReadCsv = (bytes: Uint8Array) => AsyncIterable<CsvRecord>

export type BulkRef = Pick<BulkGrant, 'bucket' | 'bulkId'>

/** Which rows are wanted. `would_be_refused` is of those that still wait. */
export type RowFilter = RowState | 'all' | 'would_be_refused'

export type BulkReads = {
  get(projectId: string, bulkId: string): Promise<BulkGrant | null>
  /** The newest first; only those older than `before`, unless it is null. */
  list(projectId: string, page: { before: string | null; limit: number }): Promise<BulkGrant[]>
  /** The earliest other one of a project with the same rows that was not cancelled. */
  sameContent(bulk: BulkGrant): Promise<string | null>
  /** Rows after a number, in the order of the file. */
  rows(bulk: BulkRef, page: { after: number; limit: number; which: RowFilter }): Promise<BulkRow[]>
  /** Rows after a place, user by user; from the first when it is null. */
  rowsByUser(bulk: BulkRef, page: { after: ForecastPlace | null; limit: number }): Promise<BulkRow[]>
}

export type TxBulk = {
  insert(bulk: BulkGrant): Promise<void>
  /** Adds rows, numbered on from `first`. */
  insertRows(bulk: BulkRef, first: number, rows: readonly RowOrder[]): Promise<void>
  /** Locks a bulk grant until the end of the transaction. */
  lock(projectId: string, bulkId: string): Promise<BulkGrant | null>
  /**
   * Hands the slice of a bulk grant that is due to the caller, until an instant: of the one that is named, or of the one
   * that has waited longest. Passes over those that others are locking. Null when none is due.
   */
  claimDue(at: { now: number; leasedUntil: number; bulkId: string | null }): Promise<BulkGrant | null>
  save(bulk: BulkGrant): Promise<void>
  /** Writes what came of rows that were waiting. */
  saveOutcomes(bulk: BulkRef, outcomes: readonly RowOutcome[], now: number): Promise<void>
  saveForecasts(bulk: BulkRef, refusals: ReadonlyArray<{ number: number; refusal: string }>): Promise<void>
  /** Deletes a bulk grant with its rows. */
  delete(bulk: BulkRef): Promise<void>
}
