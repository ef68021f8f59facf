import { ok } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

/** Sets whether a project's changes of balances by operators and APIs are told outside. Holds for what comes next. */
export async function setApiEvents(ctx: Ctx, projectId: string, isOn: boolean): Promise<void> {
  await ctx.transaction<null, never>(async (tx) => {
    await tx.eventFeed.setTellsApiEvents(projectId, isOn)
    return ok(null)
  })
}
