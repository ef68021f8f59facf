import { ok } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

/** Sets how many units one person may grant or take in a project; null asks for nobody else. Holds for what comes next. */
export async function setApprovalThreshold(ctx: Ctx, projectId: string, threshold: number | null): Promise<void> {
  await ctx.transaction<null, never>(async (tx) => {
    await tx.approvals.setThreshold(projectId, threshold)
    return ok(null)
  })
}
