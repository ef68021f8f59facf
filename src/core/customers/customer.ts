/** Where a customer's rows are. `bucket` is the first column of each of their primary keys. */
export type CustomerRef = { projectId: string; bucket: number; customerId: string }

export type Customer = CustomerRef & {
  /** The first app user id this customer was known under. Never changes, except that a merge keeps the earlier one. */
  originalAppUserId: string
  firstSeenAt: number
  lastSeenAt: number
  /** Raised by one in every transaction that changes something a client could see. */
  revision: number
  /** Set when this customer was merged into another one; such a row only points the way. */
  mergedIntoId: string | null
  /** ISO 3166-1 alpha-2 of the store that the customer's app named last. */
  country?: string | null
  /** Purser's id of the offering that was chosen for this customer in place of the current one. */
  offeringOverrideId?: string | null
}

export type CustomerAlias = { appUserId: string; lastSeenAt: number }

/**
 * One order for all who lock several customers, so that no two transactions wait for each other.
 */
export function byLockOrder(one: CustomerRef, other: CustomerRef): number {
  return (
    one.bucket - other.bucket || (one.customerId < other.customerId ? -1 : one.customerId > other.customerId ? 1 : 0)
  )
}

export function isSameCustomer(one: CustomerRef, other: CustomerRef): boolean {
  return one.projectId === other.projectId && one.customerId === other.customerId
}
