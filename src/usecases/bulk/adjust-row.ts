import type { BulkGrant } from '../../core/bulk/bulk-grant.ts'
import { type BulkRow, keyOfRow } from '../../core/bulk/bulk-row.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { needsApproval } from '../../core/operators/approval.ts'
import { operatorIdOf } from '../../core/operators/caller.ts'
import type { LimitExceeded } from '../../core/operators/operator-limits.ts'
import { countForDay } from '../operators/admission.ts'
import type { Ctx, GroupTx } from '../ports.ts'
import { type AdjustOutcome, type AdjustRefusal, type AdjustRules, adjustBalance } from '../wallet/adjust-balance.ts'

export type RowRefusal = AdjustRefusal | LimitExceeded | { code: 'approval_required' }

/**
 * Makes the single change that a row asks for, within the limits of who started the bulk grant. What is too large for one
 * person is refused: a file is not a way around the second one. The ledger's request id says of which file it is which
 * row.
 */
export function adjustRow(ctx: Ctx, bulk: BulkGrant, row: BulkRow): Promise<Result<AdjustOutcome, RowRefusal>> {
  const actor = bulk.startedBy ?? bulk.uploadedBy
  const input = {
    projectId: bulk.projectId,
    userId: row.userId,
    currency: row.currency,
    amount: row.amount,
    reason: row.reason,
    idempotencyKey: keyOfRow(bulk.bulkId, row),
    actor,
    requestId: `${bulk.bulkId}:${row.number}`,
  }
  return adjustBalance(ctx, input, rulesFor(ctx, bulk, row, operatorIdOf(actor)))
}

function rulesFor(
  ctx: Ctx,
  { projectId }: BulkGrant,
  { amount }: BulkRow,
  operatorId: string | null,
): AdjustRules<LimitExceeded | { code: 'approval_required' }> {
  const judge = async (tx: Pick<GroupTx, 'approvals'>) =>
    needsApproval(amount, await tx.approvals.threshold(projectId))
      ? refuse({ code: 'approval_required' as const })
      : ok(null)
  if (operatorId === null) return { kind: 'grouped', admit: judge }
  return {
    kind: 'own',
    async admit(tx, moved) {
      const judged = await judge(tx)
      return judged.ok ? countForDay(tx, ctx, operatorId, moved) : judged
    },
  }
}
