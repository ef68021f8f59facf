import { ok, refuse } from '../../core/lib/result.ts'
import { needsApproval } from '../../core/operators/approval.ts'
import type { LimitExceeded } from '../../core/operators/operator-limits.ts'
import type { GroupTx } from '../ports.ts'
import type { AdjustRules } from '../wallet/adjust-balance.ts'
import type { Admit } from './admission.ts'

/** The change is too large for one person. */
export type ApprovalRequired = { code: 'approval_required' }

/**
 * What a change by hand has to pass: the project's threshold, and the limits of whoever asks; null has none. The
 * threshold is read where the change is made, so that a new one holds for every change that comes after it.
 */
export function adjustRules(
  { projectId, amount }: { projectId: string; amount: number },
  admit: Admit | null,
): AdjustRules<LimitExceeded | ApprovalRequired> {
  const judge = async (tx: Pick<GroupTx, 'approvals'>) =>
    needsApproval(amount, await tx.approvals.threshold(projectId))
      ? refuse({ code: 'approval_required' as const })
      : ok(null)
  if (admit === null) return { kind: 'grouped', admit: judge }
  return {
    kind: 'own',
    async admit(tx, moved) {
      const judged = await judge(tx)
      return judged.ok ? admit(tx, moved) : judged
    },
  }
}
