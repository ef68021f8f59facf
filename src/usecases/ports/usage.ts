import type { CustomerRef } from '../../core/customers/customer.ts'
import type { CreditsCapChange } from '../../core/usage/credits-cap.ts'
import type { Period } from '../../core/usage/period.ts'

/** A project's usage configuration as somebody wrote it; versions count from 1. */
export type StoredUsageConfig = {
  projectId: string
  version: number
  document: unknown
  actor: string
  createdAt: number
}

export type UsageReads = {
  /** The newest one; null when usage is not configured. */
  config(projectId: string): Promise<StoredUsageConfig | null>
  /** What was used in a period, by meter id and `credits`. A counter that is not there is zero. */
  counters(ref: CustomerRef, periodKey: string): Promise<Map<string, number>>
  /** What was decided about a customer's cap of credits, the latest first, at most `limit`. */
  creditsCaps(ref: CustomerRef, limit: number): Promise<CreditsCapChange[]>
}

/** Counters and caps are written only by who holds the customer's lock. */
export type TxUsage = UsageReads & {
  /** Loses the race for a version by starting the transaction over. */
  insertConfig(config: StoredUsageConfig): Promise<void>
  setCounters(ref: CustomerRef, period: Period, counters: ReadonlyMap<string, number>): Promise<void>
  /** Forgets periods that ended before an instant. */
  deleteCountersBefore(ref: CustomerRef, resetBefore: number): Promise<void>
  /** Adds the counters of one customer to those of another, period by period. */
  moveCounters(from: CustomerRef, to: CustomerRef): Promise<void>
  /** Puts a decision about a customer's cap of credits into force. */
  insertCreditsCap(ref: CustomerRef, change: CreditsCapChange): Promise<void>
}
