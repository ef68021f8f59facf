import type { CustomerRef } from '../../core/customers/customer.ts'
import type { RestoreBehavior } from '../../core/projects/project.ts'
import type { OwnershipStep } from '../../core/purchases/ownership-step.ts'

/** A purchase, whoever has it. */
export type OwnedPurchase = { projectId: string; purchaseId: string }

export type OwnershipReads = {
  /** How each of these purchases came to its owners, the first step first, by purchase id; at most `limit` steps of each. */
  steps(projectId: string, purchaseIds: readonly string[], limit: number): Promise<Map<string, OwnershipStep[]>>
  /** What is set for purchases of this customer; null when the project decides. */
  restoreBehavior(owner: CustomerRef): Promise<RestoreBehavior | null>
}

export type TxOwnership = Pick<OwnershipReads, 'restoreBehavior'> & {
  /** Adds a step to the record of a purchase, whose owner is locked. */
  append(purchase: OwnedPurchase, step: OwnershipStep): Promise<void>
  setRestoreBehavior(owner: CustomerRef, behavior: RestoreBehavior | null): Promise<void>
}
