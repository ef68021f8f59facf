import type { Customer } from '../../core/customers/customer.ts'
import { bucketOf } from '../../core/lib/bucket.ts'
import type { Ctx, Tx } from '../ports.ts'

/** A name may be claimed by a parallel request, or its customer merged away, between two looks; more often is a fault. */
const ATTEMPTS_MAX = 5

/** The part of a transaction that opening a customer needs. */
type OpeningTx = { customers: Pick<Tx['customers'], 'lockByAppUserId' | 'claimAppUserId' | 'insert'> }

/**
 * Locks the customer behind an app user id, and creates the customer when the id is new. Ids come into being with
 * their first use: an SDK may post attributes or a receipt before it ever asked for customer info.
 */
export async function openCustomer(
  tx: OpeningTx,
  ctx: Pick<Ctx, 'clock' | 'ids'>,
  projectId: string,
  appUserId: string,
): Promise<{ customer: Customer; created: boolean }> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const known = await tx.customers.lockByAppUserId(projectId, appUserId)
    if (known !== null) return { customer: known, created: false }
    const created = await createCustomer(tx, ctx, projectId, appUserId)
    if (created !== null) return { customer: created, created: true }
  }
  throw new Error('an app user id changed hands too often while it was being opened')
}

/** Creates a customer under a new id; null when a parallel request took the id first. */
async function createCustomer(
  tx: OpeningTx,
  ctx: Pick<Ctx, 'clock' | 'ids'>,
  projectId: string,
  appUserId: string,
): Promise<Customer | null> {
  const now = ctx.clock.now()
  const customerId = ctx.ids.next('customer')
  const customer: Customer = {
    projectId,
    bucket: bucketOf(projectId, customerId),
    customerId,
    originalAppUserId: appUserId,
    firstSeenAt: now,
    lastSeenAt: now,
    revision: 1,
    mergedIntoId: null,
    country: null,
    offeringOverrideId: null,
  }
  if (!(await tx.customers.claimAppUserId(customer, appUserId, now))) return null
  await tx.customers.insert(customer)
  return customer
}
