import { isAnonymousId } from '../../core/customers/app-user-id.ts'
import { byLockOrder, type Customer, isSameCustomer } from '../../core/customers/customer.ts'
import type { KnownId } from '../../core/customers/identify.ts'
import type { Tx } from '../ports.ts'

const ATTEMPTS_MAX = 5

/** Two ids and the customers behind them, both locked. Null stands for an id that nobody has used. */
export type LockedPair = { one: Customer | null; other: Customer | null }

/**
 * Finds the customers behind two ids and locks them in the one lock order. Looks again after locking, since a name may
 * have moved to another customer while the lock was awaited.
 */
export async function lockPair(tx: Tx, projectId: string, oneId: string, otherId: string): Promise<LockedPair> {
  for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
    const before = await findPair(tx, projectId, oneId, otherId)
    const locked = await tx.customers.lock(
      [before.one, before.other].filter((customer) => customer !== null).sort(byLockOrder),
    )
    const after = await findPair(tx, projectId, oneId, otherId)
    if (isSamePlace(before.one, after.one) && isSamePlace(before.other, after.other)) {
      const fresh = (found: Customer | null) =>
        locked.find((customer) => found && isSameCustomer(customer, found)) ?? null
      return { one: fresh(after.one), other: fresh(after.other) }
    }
  }
  throw new Error('two app user ids changed hands too often while they were being locked')
}

/** What the log-in rules need to know of an id. */
export async function knownId(tx: Tx, appUserId: string, customer: Customer | null): Promise<KnownId> {
  const aliases = customer === null ? [] : await tx.customers.aliases(customer)
  return {
    appUserId,
    exists: customer !== null,
    customerHasAnonymousAlias: aliases.some((alias) => isAnonymousId(alias.appUserId)),
    customerHasIdentifiedAlias: aliases.some((alias) => !isAnonymousId(alias.appUserId)),
  }
}

async function findPair(tx: Tx, projectId: string, oneId: string, otherId: string): Promise<LockedPair> {
  const [one, other] = await Promise.all([
    tx.customers.findByAppUserId(projectId, oneId),
    tx.customers.findByAppUserId(projectId, otherId),
  ])
  return { one, other }
}

function isSamePlace(one: Customer | null, other: Customer | null): boolean {
  return one === null || other === null ? one === other : isSameCustomer(one, other)
}
