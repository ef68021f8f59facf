import type { Attempt } from './journal.ts'
import type { LedgerRows } from './ledger-rows.ts'

/** Each deletion that was acknowledged was one of somebody, and nobody is gone whose deletion was not asked for. */
export function auditDeletions(attempts: readonly Attempt[], rows: LedgerRows): string[] {
  const asked = attempts.filter(({ request }) => request.wish.kind === 'delete')
  const acknowledged = asked.filter(({ answer }) => answer.kind === 'acknowledged').length
  const possible = asked.filter(({ answer }) => answer.kind === 'acknowledged' || answer.kind === 'unknown').length
  // Whoever was merged into a deleted customer goes along.
  const deleted = rows.customers.filter((row) => row.erased_at !== null && row.merged_into_id === null).length
  return deleted >= acknowledged && deleted <= possible
    ? []
    : [`${deleted} customers were deleted, and ${acknowledged} to ${possible} deletions acknowledged`]
}

/** Customers of whom nothing is left to compare but the ledger. */
export function erased({ customers }: Pick<LedgerRows, 'customers'>): ReadonlySet<string> {
  return new Set(customers.filter(({ erased_at }) => erased_at !== null).map(({ customer_id }) => customer_id))
}
