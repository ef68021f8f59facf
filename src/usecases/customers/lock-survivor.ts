import type { Customer, CustomerRef } from '../../core/customers/customer.ts'
import { bucketOf } from '../../core/lib/bucket.ts'
import type { Tx } from '../ports.ts'

/** Merges in a row that are followed; people are merged a handful of times. */
const MERGES_FOLLOWED_MAX = 100

/** Locks a customer, or the one that goes on in its place when it was merged away. Null when there never was one. */
export async function lockSurvivor(tx: Tx, ref: CustomerRef): Promise<Customer | null> {
  let next = ref
  for (let follow = 0; follow < MERGES_FOLLOWED_MAX; follow++) {
    const [customer] = await tx.customers.lock([next])
    if (customer === undefined) return null
    if (customer.mergedIntoId === null) return customer
    const { projectId, mergedIntoId } = customer
    next = { projectId, bucket: bucketOf(projectId, mergedIntoId), customerId: mergedIntoId }
  }
  throw new Error(`customer ${ref.customerId} was merged away more than ${MERGES_FOLLOWED_MAX} times`)
}
