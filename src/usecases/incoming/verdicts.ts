import type { IncomingVerdict } from '../ports/incoming.ts'

const DONE = { problem: null, attempts: 0, dueAt: null } as const

/** What an event said was done, or had been done before. */
export const APPLIED: IncomingVerdict = { ...DONE, status: 'applied', outcome: 'applied' }

export type IgnoredOutcome =
  /** Events of this type change neither access nor units. */
  | 'no_effect'
  /** A purchase in a sandbox, which does not count here. */
  | 'sandbox'
  /** Units that RevenueCat granted for a purchase; Purser grants its own for the same purchase. */
  | 'granted_by_purchase'
  /** A change by hand in RevenueCat's dashboard, which is not mirrored. */
  | 'not_mirrored'

export function ignored(outcome: IgnoredOutcome): IncomingVerdict {
  return { ...DONE, status: 'ignored', outcome }
}

/** Why an event waits for somebody to mend something. */
export type ParkedOutcome =
  | 'event_incomplete'
  | 'product_unknown'
  | 'app_user_id_invalid'
  | 'currency_unknown'
  | 'currency_archived'
  | 'insufficient_balance'
  | 'balance_above_maximum'
  | 'idempotency_key_conflict'
  /** It failed again and again by a fault of ours. */
  | 'failed'

export function parked(outcome: ParkedOutcome, problem: string): IncomingVerdict {
  return { ...DONE, status: 'parked', outcome, problem }
}
