import type { Approval, ApprovalStatus } from '../../core/operators/approval.ts'
import type { Operator, OperatorToken } from '../../core/operators/operator.ts'

export type OperatorReads = {
  /** Operators of one project, or all when it is null; the oldest first, at most `limit`. */
  list(projectId: string | null, limit: number): Promise<Operator[]>
  /** Tokens of these operators that were not revoked, expired ones too; the oldest first. */
  tokens(operatorIds: readonly string[]): Promise<OperatorToken[]>
  /** Who a token belongs to; null when it is unknown or revoked. */
  byTokenHash(hash: string): Promise<OperatorWithToken | null>
}

export type OperatorWithToken = { operator: Operator; token: OperatorToken }

export type TxOperators = {
  get(operatorId: string): Promise<Operator | null>
  /** Reads an operator and keeps others from changing it, or its tokens, until the end of the transaction. */
  lock(operatorId: string): Promise<Operator | null>
  /** How many operators there are, up to `limit`. */
  count(limit: number): Promise<number>
  insert(operator: Operator): Promise<void>
  /** Writes role and limits. */
  update(operator: Operator): Promise<void>
  insertToken(token: OperatorToken & { hash: string }): Promise<void>
  /** Tokens that are good at an instant. */
  usableTokens(operatorId: string, now: number): Promise<number>
  /** Ends one token, or all of them when `tokenId` is null. Answers how many were ended. */
  revokeTokens(operatorId: string, tokenId: string | null, now: number): Promise<number>
  /**
   * What an operator moved of a currency on a day. Locks that sum until the end of the transaction: call it after the
   * customer was locked, in the order of currencies.
   */
  lockDay(day: OperatorDay): Promise<number>
  setDay(day: OperatorDay, units: number): Promise<void>
}

export type OperatorDay = { operatorId: string; day: string; currency: string }

/** Which requests are wanted, the newest first; a null status wants all. `before` is the id that a page follows. */
export type ApprovalPage = { status: ApprovalStatus | null; limit: number; before: string | null; now: number }

export type ApprovalReads = {
  get(projectId: string, approvalId: string): Promise<Approval | null>
  list(projectId: string, page: ApprovalPage): Promise<Approval[]>
  /** The largest change that one person may make in a project; null when nothing has to be approved. */
  threshold(projectId: string): Promise<number | null>
}

export type TxApprovals = Pick<ApprovalReads, 'threshold'> & {
  /** Reads a request and keeps others from deciding it. Call it after the customer was locked, if that is needed. */
  lock(projectId: string, approvalId: string): Promise<Approval | null>
  /** How many requests of a project wait at an instant, up to `limit`. */
  countPending(projectId: string, now: number, limit: number): Promise<number>
  insert(approval: Approval): Promise<void>
  /** Writes the decision of a request that had none. */
  decide(approval: Approval): Promise<void>
  setThreshold(projectId: string, threshold: number | null): Promise<void>
}
