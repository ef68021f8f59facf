import type { Catalog } from '../../core/catalog/catalog.ts'
import type { CustomerRef } from '../../core/customers/customer.ts'
import { sandboxCounts } from '../../core/entitlements/testing-access.ts'
import type { Reads } from '../ports.ts'

/**
 * Whether sandbox purchases of a customer give access. The names are read only where the project has a list of testers:
 * nobody else pays for it. Null stands for somebody who was never seen and has no purchases.
 */
export async function isSandboxCounted(
  read: { customers: Pick<Reads['customers'], 'aliases'> },
  catalog: Pick<Catalog, 'testing'>,
  customer: CustomerRef | null,
): Promise<boolean> {
  const forAll = isCountedForAll(catalog)
  if (forAll !== null || customer === null) return forAll ?? sandboxCounts(catalog.testing, [])
  const names = await read.customers.aliases(customer)
  return sandboxCounts(
    catalog.testing,
    names.map((alias) => alias.appUserId),
  )
}

/** What is so for every customer alike; null where a list of testers decides. */
export function isCountedForAll({ testing }: Pick<Catalog, 'testing'>): boolean | null {
  return testing?.mode === 'allow_listed' ? null : sandboxCounts(testing, [])
}

/** The same for a user by name, before a transaction that has no eyes for names. */
export async function isSandboxCountedFor(
  read: { customers: Pick<Reads['customers'], 'aliases' | 'findByAppUserId'> },
  catalog: Pick<Catalog, 'testing'>,
  { projectId, userId }: { projectId: string; userId: string },
): Promise<boolean> {
  const forAll = isCountedForAll(catalog)
  if (forAll !== null) return forAll
  return isSandboxCounted(read, catalog, await read.customers.findByAppUserId(projectId, userId))
}
