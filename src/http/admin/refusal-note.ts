import type { LimitExceeded } from '../../core/operators/operator-limits.ts'
import type { UpstreamRefusal } from '../../usecases/ports/credits.ts'
import type { ErrorNote } from './errors.ts'
import { ledgerNoteOf } from './ledger-note.ts'
import { upstreamNoteOf } from './upstream-note.ts'

/** What an answer says about a refusal beyond its code. */
export function noteOf(refusal: { code: string }): ErrorNote {
  if (isLimitExceeded(refusal)) {
    const { limit, currency, maximum, remaining, resetsAt } = refusal
    const resets_at = resetsAt === null ? null : new Date(resetsAt).toISOString()
    return { fields: { limit, currency, maximum, remaining, resets_at } }
  }
  if (refusal.code === 'approval_closed' && 'status' in refusal) return { text: String(refusal.status) }
  const text = ledgerNoteOf(refusal)
  return text === null ? upstreamNoteOf(refusal as UpstreamRefusal) : { text }
}

function isLimitExceeded(refusal: { code: string }): refusal is LimitExceeded {
  return refusal.code === 'operator_limit_exceeded'
}
