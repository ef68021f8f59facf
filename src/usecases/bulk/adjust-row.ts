import type { BulkGrant } from '../../core/bulk/bulk-grant.ts'
import { type BulkRow, keyOfRow } from '../../core/bulk/bulk-row.ts'
import type { Result } from '../../core/lib/result.ts'
import { operatorIdOf } from '../../core/operators/caller.ts'
import type { LimitExceeded } from '../../core/operators/operator-limits.ts'
import { type ApprovalRequired, adjustRules } from '../operators/adjust-rules.ts'
import { type Admit, countForDay } from '../operators/admission.ts'
import type { Ctx } from '../ports.ts'
import { type AdjustOutcome, type AdjustRefusal, adjustBalance } from '../wallet/adjust-balance.ts'

export type RowRefusal = AdjustRefusal | LimitExceeded | ApprovalRequired

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
  const operatorId = operatorIdOf(actor)
  const admit: Admit | null = operatorId === null ? null : (tx, moved) => countForDay(tx, ctx, operatorId, moved)
  return adjustBalance(ctx, input, adjustRules(input, admit))
}
