import { TESTERS_MAX, type TestingAccess } from '../../core/entitlements/testing-access.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { RestoreBehavior } from '../../core/projects/project.ts'
import type { Ctx } from '../ports.ts'

/** Decides what happens to sandbox purchases that another customer posts; null: the same as to the others. */
export async function setSandboxRestoreBehavior(
  ctx: Ctx,
  projectId: string,
  behavior: RestoreBehavior | null,
): Promise<void> {
  await ctx.transaction<null, never>(async (tx) => {
    await tx.customerRules.setSandboxRestoreBehavior(projectId, behavior)
    return ok(null)
  })
}

/**
 * Decides whose sandbox purchases give access. It counts for purchases that are there too, once the servers read the
 * catalogue anew, and takes no units back.
 */
export async function setTestingAccess(
  ctx: Ctx,
  projectId: string,
  access: TestingAccess,
): Promise<Result<null, { code: 'too_many_testers' }>> {
  if (access.mode === 'allow_listed' && access.appUserIds.size > TESTERS_MAX)
    return refuse({ code: 'too_many_testers' })
  const set = await ctx.transaction<null, never>(async (tx) => {
    await tx.customerRules.setTestingAccess(projectId, access)
    return ok(null)
  })
  ctx.read.catalog.forget(projectId)
  return set
}
