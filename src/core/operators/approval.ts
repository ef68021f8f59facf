import { DAY_MS } from '../lib/clock.ts'
import { ok, type Result, refuse } from '../lib/result.ts'
import type { AdminIdentity } from './caller.ts'

/** How long a request waits for a second person: over a weekend and a holiday, and not until everybody forgot why. */
export const APPROVAL_LIFE_MS = 7 * DAY_MS

export const APPROVAL_STATUSES = ['pending', 'approved', 'rejected', 'expired'] as const

export type ApprovalStatus = (typeof APPROVAL_STATUSES)[number]

/** A change of a balance that somebody asked for, and that a second person has to agree to. */
export type Approval = {
  approvalId: string
  projectId: string
  userId: string
  currency: string
  /** Signed, as it was asked for. */
  amount: number
  reason: string
  idempotencyKey: string | null
  requestedBy: AdminIdentity
  createdAt: number
  expiresAt: number
  decision: ApprovalDecision | null
}

export type ApprovalDecision = { by: AdminIdentity; decidedAt: number } & (
  | { kind: 'approved'; transactionId: string; balance: number }
  | { kind: 'rejected'; reason: string }
)

export type ApprovalClosed = { code: 'approval_closed'; status: ApprovalStatus }
export type DecisionRefusal = ApprovalClosed | { code: 'second_operator_required' }

/** The largest threshold: that of a balance. Above it, nothing would ever wait. */
export const THRESHOLD_MAX = 2_000_000_000

export function isApprovalThreshold(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= THRESHOLD_MAX
}

/** Whether a change is too large for one person. A null threshold asks for nobody. */
export function needsApproval(amount: number, threshold: number | null): boolean {
  return threshold !== null && Math.abs(amount) > threshold
}

/** A request is over at its very end, whether anything was written down about that or not. */
export function statusOf(
  { decision, expiresAt }: Pick<Approval, 'decision' | 'expiresAt'>,
  now: number,
): ApprovalStatus {
  if (decision !== null) return decision.kind
  return now < expiresAt ? 'pending' : 'expired'
}

/** Whether somebody may agree to a request now: it is open, and they are not who made it. */
export function judgeApprover(approval: Approval, by: AdminIdentity, now: number): Result<null, DecisionRefusal> {
  const open = judgeOpen(approval, now)
  if (!open.ok) return open
  return by.id === approval.requestedBy.id ? refuse({ code: 'second_operator_required' }) : ok(null)
}

export function judgeOpen(approval: Approval, now: number): Result<null, ApprovalClosed> {
  const status = statusOf(approval, now)
  return status === 'pending' ? ok(null) : refuse({ code: 'approval_closed', status })
}
