import type { CustomerRef } from '../../core/customers/customer.ts'
import { inheritedCap } from '../../core/usage/credits-cap.ts'
import type { Tx } from '../ports.ts'

/** Gives the one who goes on after a merge the other's cap of credits, unless they have one. Both are locked. */
export async function inheritCreditsCap(tx: Tx, absorbed: CustomerRef, kept: CustomerRef): Promise<void> {
  const [[theirs], [own]] = await Promise.all([tx.usage.creditsCaps(absorbed, 1), tx.usage.creditsCaps(kept, 1)])
  const inherited = inheritedCap(own, theirs, absorbed.customerId)
  if (inherited !== null) await tx.usage.insertCreditsCap(kept, inherited)
}
