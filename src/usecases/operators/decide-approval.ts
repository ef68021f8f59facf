import { ok, type Result, refuse } from '../../core/lib/result.ts'
import {
  type Approval,
  type ApprovalClosed,
  type DecisionRefusal,
  judgeApprover,
  judgeOpen,
} from '../../core/operators/approval.ts'
import {
  type AdminCaller,
  type AdminIdentity,
  actorOf,
  identityOf,
  isAllowed,
  SHARED_SECRET,
} from '../../core/operators/caller.ts'
import type { LimitExceeded, MovedUnits } from '../../core/operators/operator-limits.ts'
import type { Ctx, Tx } from '../ports.ts'
import type { Adjusted, AdjustOutcome, AdjustRefusal } from '../wallet/adjust-balance.ts'
import { adjustedBy, type MakeAdjust } from './adjust-as-operator.ts'
import { countForDay, judgeAlone } from './admission.ts'

export type DecisionInput = { projectId: string; approvalId: string; caller: AdminCaller; requestId: string }

export type Approved = AdjustOutcome & { approval: Approval }

export type ApproveRefusal = AdjustRefusal | DecisionRefusal | LimitExceeded | { code: 'approval_not_found' }

/** A key of its own, which no caller can name: a change is made at most once however often it is agreed to. */
const SCOPE = 'admin.credits.approval'

/**
 * Agrees to a request and makes the change, in one transaction and at most once: of two people at the same moment, the
 * second gets what the first did. Whatever refuses the change leaves the request open.
 */
export async function approveAdjust<More extends { code: string }>(
  ctx: Ctx,
  make: MakeAdjust<More>,
  input: DecisionInput,
): Promise<Result<Approved, ApproveRefusal | More>> {
  const { projectId, approvalId, requestId } = input
  const by = identityOf(input.caller)
  const approval = await ctx.read.approvals.get(projectId, approvalId)
  if (approval === null) return refuse({ code: 'approval_not_found' })
  const { userId, currency, amount, reason, requestedBy } = approval
  const done = await make<DecisionRefusal | LimitExceeded>(
    {
      projectId,
      userId,
      currency,
      amount,
      reason,
      idempotencyKey: approvalId,
      actor: `${actorOf(requestedBy)}, approved by ${actorOf(by)}`,
      requestId,
    },
    {
      keyScope: SCOPE,
      kind: 'own',
      admit: (tx, moved) => admitApproval(tx, ctx, approval, by, moved),
      settle: (tx, adjusted) => tx.approvals.decide({ ...approval, decision: approvedBy(by, adjusted) }),
    },
  )
  if (!done.ok) return done
  const decided = await ctx.read.approvals.get(projectId, approvalId)
  const outcome = decided === null ? null : adjustedBy(decided, done.value.revision)
  if (decided === null || outcome === null) throw new Error('broken invariant: what was approved says so')
  return ok({ ...outcome, replayed: done.value.replayed, approval: decided })
}

/** Judged again behind the lock: somebody else may have decided since the request was read. */
async function admitApproval(
  tx: Tx,
  ctx: Ctx,
  { projectId, approvalId, requestedBy }: Approval,
  by: AdminIdentity,
  moved: readonly MovedUnits[],
): Promise<Result<null, DecisionRefusal | LimitExceeded>> {
  const approval = await tx.approvals.lock(projectId, approvalId)
  if (approval === null) throw new Error('broken invariant: requests are never deleted')
  const judged = judgeApprover(approval, by, ctx.clock.now())
  if (!judged.ok) return judged
  if (by.id !== SHARED_SECRET) {
    const alone = await judgeAlone(tx, by.id, moved)
    if (!alone.ok) return alone
  }
  return requestedBy.id === SHARED_SECRET ? ok(null) : countForDay(tx, ctx, requestedBy.id, moved)
}

function approvedBy(by: AdminIdentity, { transactionId, balance, createdAt }: Adjusted): Approval['decision'] {
  return { kind: 'approved', by, decidedAt: createdAt, transactionId, balance }
}

export type RejectRefusal = ApprovalClosed | { code: 'approval_not_found' } | { code: 'role_not_allowed' }

/** Closes a request without the change: by somebody who may approve, or by whoever asked for it. */
export async function rejectAdjust(
  ctx: Ctx,
  { projectId, approvalId, caller, reason }: Omit<DecisionInput, 'requestId'> & { reason: string },
): Promise<Result<Approval, RejectRefusal>> {
  const by = identityOf(caller)
  return ctx.transaction<Approval, RejectRefusal>(async (tx) => {
    const approval = await tx.approvals.lock(projectId, approvalId)
    if (approval === null) return refuse({ code: 'approval_not_found' })
    if (by.id !== approval.requestedBy.id && !isAllowed(caller, 'approve')) return refuse({ code: 'role_not_allowed' })
    const open = judgeOpen(approval, ctx.clock.now())
    if (!open.ok) return open
    const rejected: Approval = { ...approval, decision: { kind: 'rejected', by, decidedAt: ctx.clock.now(), reason } }
    await tx.approvals.decide(rejected)
    return ok(rejected)
  })
}
