import type { CustomerRef } from '../../core/customers/customer.ts'
import type { EntitlementGrant } from '../../core/entitlements/grant.ts'

export type EntitlementGrantReads = {
  /** All grants that are kept of a customer, the oldest first. */
  ofCustomer(ref: CustomerRef): Promise<EntitlementGrant[]>
  /** Grants whose end has come by `now` and was not told, the longest overdue first. */
  due(now: number, limit: number): Promise<Array<{ ref: CustomerRef; grantId: string }>>
}

export type TxEntitlementGrants = Pick<EntitlementGrantReads, 'ofCustomer'> & {
  /** Whether the project has an entitlement with this lookup key. */
  isEntitlement(projectId: string, lookupKey: string): Promise<boolean>
  save(ref: CustomerRef, grant: EntitlementGrant): Promise<void>
  delete(ref: CustomerRef, grantIds: readonly string[]): Promise<void>
  /** Gives all grants of a customer to another one. */
  move(from: CustomerRef, to: CustomerRef): Promise<void>
}
