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
  { testing }: Pick<Catalog, 'testing'>,
  customer: CustomerRef | null,
): Promise<boolean> {
  if (testing?.mode !== 'allow_listed' || customer === null) return sandboxCounts(testing, [])
  const names = await read.customers.aliases(customer)
  return sandboxCounts(
    testing,
    names.map((alias) => alias.appUserId),
  )
}

/** The same for a user by name, before a transaction that has no eyes for names. */
export async function isSandboxCountedFor(
  read: { customers: Pick<Reads['customers'], 'aliases' | 'findByAppUserId'> },
  catalog: Pick<Catalog, 'testing'>,
  { projectId, userId }: { projectId: string; userId: string },
): Promise<boolean> {
  if (catalog.testing?.mode !== 'allow_listed') return sandboxCounts(catalog.testing, [])
  return isSandboxCounted(read, catalog, await read.customers.findByAppUserId(projectId, userId))
}
