import type { Customer, CustomerRef } from '../../core/customers/customer.ts'
import { SECOND_MS } from '../../core/lib/clock.ts'

/** Notes that an app was there under one of the customer's names. */
type Visits = { customers: { touch(ref: CustomerRef, appUserId: string, now: number): Promise<void> } }

/**
 * Moves the times at which a customer and the name that was used were last seen; events name the customer by the name that
 * was seen last. Answers carry whole seconds, so one write a second says everything.
 */
export async function countVisit(at: Visits, customer: Customer, appUserId: string, now: number): Promise<Customer> {
  if (Math.floor(now / SECOND_MS) <= Math.floor(customer.lastSeenAt / SECOND_MS)) return customer
  await at.customers.touch(customer, appUserId, now)
  return { ...customer, lastSeenAt: now }
}
