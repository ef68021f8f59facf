import type { UpstreamRefusal } from '../../usecases/ports/credits.ts'
import type { ErrorNote } from './errors.ts'

/** An attempt of another process is over by then, in all likelihood. */
const IN_PROGRESS_RETRY_SECONDS = 1

/** What an answer says about a refusal of the upstream beyond its code. Other refusals have nothing to add. */
export function upstreamNoteOf(refusal: UpstreamRefusal): ErrorNote {
  switch (refusal.code) {
    case 'upstream_unreadable':
      return { text: refusal.type }
    case 'upstream_failed':
      return { text: refusal.type, fields: { outcome: refusal.outcome, intent_id: refusal.intentId } }
    case 'upstream_refused':
      return { text: refusal.message }
    case 'intent_in_progress':
      return { retryAfterSeconds: IN_PROGRESS_RETRY_SECONDS }
    default:
      return {}
  }
}
