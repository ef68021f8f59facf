import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { type Approval, type ApprovalClosed, statusOf } from '../../core/operators/approval.ts'
import { type AdminCaller, actorOf, identityOf } from '../../core/operators/caller.ts'
import type { LimitExceeded } from '../../core/operators/operator-limits.ts'
import type { Ctx } from '../ports.ts'
import {
  type AdjustInput,
  type AdjustOutcome,
  type AdjustRefusal,
  type AdjustRules,
  adjustBalance,
} from '../wallet/adjust-balance.ts'
import { type ApprovalRequired, adjustRules } from './adjust-rules.ts'
import { admitCaller } from './admission.ts'
import { type RequestedApproval, type RequestRefusal, requestApproval } from './request-approval.ts'

export type OperatorAdjustInput = Omit<AdjustInput, 'actor'> & { caller: AdminCaller }

/** A change that was not made, but put before a second person. */
export type RequestedAdjust = { requested: Approval; replayed: boolean; revision: number }

export type OperatorAdjustRefusal = AdjustRefusal | RequestRefusal | LimitExceeded | ApprovalClosed

/** How a change is made, wherever the balances are kept; `More` is what can refuse it there besides. */
export type MakeAdjust<More> = <Refused>(
  input: AdjustInput,
  rules: AdjustRules<Refused>,
) => Promise<Result<AdjustOutcome, AdjustRefusal | More | Refused>>

/** Changes of the own ledger. */
export function inOwnLedger(ctx: Ctx): MakeAdjust<never> {
  return (input, rules) => adjustBalance(ctx, input, rules)
}

type Outcome<More> = Result<AdjustOutcome | RequestedAdjust, OperatorAdjustRefusal | More>

/**
 * Grants or deducts units for whoever asks, within their limits. What is above the project's threshold is put before a
 * second person instead. A repeat with the same key gets the same request for as long as it waits, and then what was done.
 */
export async function adjustAsOperator<More extends { code: string }>(
  ctx: Ctx,
  make: MakeAdjust<More>,
  { caller, ...rest }: OperatorAdjustInput,
): Promise<Outcome<More>> {
  const by = identityOf(caller)
  const input: AdjustInput = { ...rest, actor: actorOf(by) }
  const made = await make(input, adjustRules(input, admitCaller(ctx, caller)))
  if (made.ok) return made
  const { refusal } = made
  if (isRequired(refusal)) return answerRequest(ctx, input, await requestApproval(ctx, input, by))
  if (!isRequested(refusal)) return refuse(refusal)
  return answerRequest(ctx, input, ok({ approvalId: refusal.approvalId, created: null, replayed: true }))
}

function isRequired(refusal: { code: string }): refusal is ApprovalRequired {
  return refusal.code === 'approval_required'
}

function isRequested(refusal: { code: string }): refusal is { code: 'approval_requested'; approvalId: string } {
  return refusal.code === 'approval_requested'
}

/** A request as it stands now; once it was agreed to, what was done. */
async function answerRequest(
  ctx: Ctx,
  { projectId, userId }: AdjustInput,
  made: Result<RequestedApproval, RequestRefusal>,
): Promise<Outcome<never>> {
  if (!made.ok) return made
  const { approvalId, created, replayed } = made.value
  const [approval, customer] = await Promise.all([
    created ?? ctx.read.approvals.get(projectId, approvalId),
    ctx.read.customers.findByAppUserId(projectId, userId),
  ])
  if (approval === null) throw new Error('broken invariant: a request that was kept under a key exists')
  const revision = customer?.revision ?? 0
  const status = statusOf(approval, ctx.clock.now())
  if (status === 'pending') return ok({ requested: approval, replayed, revision })
  const outcome = adjustedBy(approval, revision)
  return outcome === null ? refuse({ code: 'approval_closed', status }) : ok(outcome)
}

/** The change that a request became, as its answer; null when it did not. */
export function adjustedBy(
  { userId, currency, amount, reason, decision }: Approval,
  revision: number,
): (AdjustOutcome & { replayed: true }) | null {
  if (decision?.kind !== 'approved') return null
  const { transactionId, balance, decidedAt } = decision
  const adjusted = { userId, currency, amount, balance, reason, transactionId, createdAt: decidedAt }
  return { adjusted, replayed: true, revision }
}
