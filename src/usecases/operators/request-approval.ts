import { findCurrency } from '../../core/catalog/catalog.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { APPROVAL_LIFE_MS, type Approval } from '../../core/operators/approval.ts'
import { type AdminIdentity, SHARED_SECRET } from '../../core/operators/caller.ts'
import type { LimitExceeded } from '../../core/operators/operator-limits.ts'
import { doOnce, type KeyRefusal } from '../idempotency.ts'
import type { Ctx } from '../ports.ts'
import { type AdjustInput, adjustOnceOrder } from '../wallet/adjust-balance.ts'
import { judgeAlone } from './admission.ts'

/** Requests that may wait in a project: more than people can read, and few enough that a runaway program is noticed. */
const PENDING_APPROVALS_MAX = 1_000

export type RequestRefusal =
  | LimitExceeded
  | KeyRefusal
  | { code: 'customer_not_found' }
  | { code: 'currency_unknown'; currency: string }
  | { code: 'too_many_approvals'; maximum: number }

/** `created` is null when an earlier request with the same key had written it down. */
export type RequestedApproval = { approvalId: string; created: Approval | null; replayed: boolean }

/**
 * Writes down a change that a second person has to agree to, under the key of the change itself: the key means one thing,
 * whether the change was made at once or not. The limit of the day is judged when the change is made.
 */
export async function requestApproval(
  ctx: Ctx,
  input: AdjustInput,
  by: AdminIdentity,
): Promise<Result<RequestedApproval, RequestRefusal>> {
  const { projectId, userId, currency, amount } = input
  const catalog = await ctx.read.catalog.ofProject(projectId)
  return ctx.transaction<RequestedApproval, RequestRefusal>(async (tx) => {
    let created: Approval | null = null
    const customer = await tx.customers.lockByAppUserId(projectId, userId)
    const done = await doOnce<{ approvalId: string }, RequestRefusal>(tx, ctx, adjustOnceOrder(input), async (keep) => {
      if (findCurrency(catalog, currency) === null) return refuse({ code: 'currency_unknown', currency })
      if (customer === null) return refuse({ code: 'customer_not_found' })
      if (by.id !== SHARED_SECRET) {
        const admitted = await judgeAlone(tx, by.id, [{ currency, units: Math.abs(amount) }])
        if (!admitted.ok) return admitted
      }
      const pending = await tx.approvals.countPending(projectId, ctx.clock.now(), PENDING_APPROVALS_MAX)
      if (pending >= PENDING_APPROVALS_MAX)
        return refuse({ code: 'too_many_approvals', maximum: PENDING_APPROVALS_MAX })
      created = approvalOf(ctx, input, by)
      const answer = { approvalId: created.approvalId }
      await Promise.all([tx.approvals.insert(created), keep(answer)])
      return ok(answer)
    })
    return done.ok ? ok({ ...done.value.answer, created, replayed: done.value.replayed }) : done
  })
}

function approvalOf(ctx: Ctx, input: AdjustInput, requestedBy: AdminIdentity): Approval {
  const { projectId, userId, currency, amount, reason, idempotencyKey } = input
  const createdAt = ctx.clock.now()
  return {
    approvalId: ctx.ids.next('approval'),
    projectId,
    userId,
    currency,
    amount,
    reason,
    idempotencyKey,
    requestedBy,
    createdAt,
    expiresAt: createdAt + APPROVAL_LIFE_MS,
    decision: null,
  }
}
