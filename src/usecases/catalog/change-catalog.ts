import type { Result } from '../../core/lib/result.ts'
import type { Ctx, Tx } from '../ports.ts'

/** Runs one change of a project's catalogue: changes of one project follow each other, and are seen at once. */
export async function changeCatalog<Value, Refusal>(
  ctx: Ctx,
  projectId: string,
  work: (tx: Tx) => Promise<Result<Value, Refusal>>,
): Promise<Result<Value, Refusal>> {
  const changed = await ctx.transaction<Value, Refusal>(async (tx) => {
    await tx.catalog.lock(projectId)
    return work(tx)
  })
  if (changed.ok) ctx.read.catalog.forget(projectId)
  return changed
}
