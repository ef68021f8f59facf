import type { Hold } from '../../core/wallet/hold.ts'
import type { Done } from '../idempotency.ts'

/** A hold after a change of it. Stored under the idempotency key, so a replay answers exactly this. */
export type HoldAnswer = {
  hold: Hold
  userId: string
  /** What the customer could spend right after the change. */
  balance: number
  /** The latest ledger transaction of the hold. */
  transactionId: string
}

export type HoldOutcome = Done<HoldAnswer> & { revision: number }
