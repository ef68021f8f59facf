/**
 * What an answer says of one currency; null where it does not say. `given` is what the customer got or lost, be it that a
 * debt was paid by it; `moved` is by how much the balance changed.
 */
export type SaidChange = { currency: string; given: number | null; moved: number | null; balance: number | null }

/** What the auditor expects to find of a request that was acknowledged. */
export type Effect = {
  /** The ledger transaction that the answer names; null when it names none. */
  transactionId: string | null
  /** Whether there is a ledger transaction with the id of the request. */
  isBooked: boolean
  changes: readonly SaidChange[]
  /** What was added to counters of usage. */
  counters: Readonly<Record<string, number>>
  /** The customer's revision after the change; null when the answer does not say it. */
  revision: number | null
}

/**
 * What a caller learns of a request.
 * - `acknowledged`: it was done; `said` is the answer, which every repeat must get too.
 * - `refused`: nothing was done. With `said`, that is kept under the key like an answer.
 * - `failed`: the server said that it did nothing.
 * - `unknown`: no answer came; it may have been done.
 */
export type Answer =
  | { kind: 'acknowledged'; said: string; effect: Effect }
  | { kind: 'refused'; code: string; said: string | null }
  | { kind: 'failed' | 'unknown'; why: string }

const NOTHING: Effect = { transactionId: null, isBooked: false, changes: [], counters: {}, revision: null }

/** A currency of which an answer says nothing else. */
export const UNSAID = { given: null, moved: null, balance: null } as const

export function acknowledged(said: unknown, effect: Partial<Effect> = {}): Answer {
  return { kind: 'acknowledged', said: JSON.stringify(said), effect: { ...NOTHING, ...effect } }
}

export function refused(refusal: { code: string }, isKept = false): Answer {
  return { kind: 'refused', code: refusal.code, said: isKept ? JSON.stringify(refusal) : null }
}
