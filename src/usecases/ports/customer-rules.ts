import type { TestingAccess } from '../../core/entitlements/testing-access.ts'
import type { RestoreBehavior } from '../../core/projects/project.ts'

/** An app user id that nobody may use, with who said so and why. */
export type BlockedId = { appUserId: string; reason: string; actor: string; blockedAt: number }

export type CustomerRuleReads = {
  /** The blocked ids of a project, the latest first. */
  blockedIds(projectId: string): Promise<BlockedId[]>
  isBlocked(projectId: string, appUserId: string): Promise<boolean>
}

/** What a project decides about its customers. Those on whose word purchases count are read with the catalogue. */
export type TxCustomerRules = Pick<CustomerRuleReads, 'blockedIds'> & {
  /** Blocks an id; false when it was blocked before. No id that is blocked can become a name of a customer. */
  block(projectId: string, blocked: BlockedId): Promise<boolean>
  /** Answers whether the id was blocked. */
  unblock(projectId: string, appUserId: string): Promise<boolean>
  /** Waits for whoever is about to make the id a name, so that afterwards it names somebody or never will. */
  awaitClaims(projectId: string, appUserId: string, now: number): Promise<void>
  setTestingAccess(projectId: string, access: TestingAccess): Promise<void>
  /** Null: sandbox purchases are like the others. */
  setSandboxRestoreBehavior(projectId: string, behavior: RestoreBehavior | null): Promise<void>
}
