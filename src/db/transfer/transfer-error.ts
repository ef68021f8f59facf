/** What went wrong, as a fixed word for programs; the message is for people and says what to do. */
export type TransferFault =
  | 'target-exists'
  | 'cannot-write'
  | 'cannot-read'
  | 'nothing-to-export'
  | 'no-export'
  | 'damaged'
  | 'other-schema'
  | 'not-empty'
  | 'ledger-broken'

/** A refusal of an export or import. Nothing was changed: no file was left behind, no row was written. */
export class TransferError extends Error {
  readonly fault: TransferFault

  constructor(fault: TransferFault, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TransferError'
    this.fault = fault
  }
}

/** The file is not what was written: cut, changed, or not complete. */
export function damaged(detail: string, options?: ErrorOptions): TransferError {
  return new TransferError('damaged', `The export file is damaged: ${detail}. Use another copy of it.`, options)
}

/** The file was never an export. */
export function notAnExport(options?: ErrorOptions): TransferError {
  return new TransferError('no-export', 'The file is not an export of Purser.', options)
}
