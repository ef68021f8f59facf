import { ok } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

/**
 * Has events applied again by the worker: those that are named, if they were parked or ignored, or all that are parked.
 * Answers how many. Done after what they waited for was mended, such as a product that the catalogue did not have.
 */
export async function replayEvents(ctx: Ctx, projectId: string, eventIds: readonly string[] | null): Promise<number> {
  const reopened = await ctx.transaction<number, never>(async (tx) =>
    ok(await tx.incoming.reopen(projectId, eventIds, ctx.clock.now())),
  )
  return reopened.ok ? reopened.value : 0
}
