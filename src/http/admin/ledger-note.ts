import type { ReverseRefusal } from '../../usecases/wallet/reverse-transaction.ts'
import type { TransferUnitsRefusal } from '../../usecases/wallet/transfer-units.ts'

/** What an answer says about a refusal of the ledger beyond its code, such as whom of two it is about; null for most. */
export function ledgerNoteOf(refusal: { code: string }): string | null {
  const known = refusal as ReverseRefusal | TransferUnitsRefusal
  switch (known.code) {
    case 'customer_not_found':
      return 'side' in known ? `the ${known.side}` : null
    case 'balance_above_maximum':
      return 'isReceiver' in known ? 'the receiver' : null
    case 'not_reversible':
      return known.kind.startsWith('transfer') ? 'send the units back by another transfer' : null
    default:
      return null
  }
}
