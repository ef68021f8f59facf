import { DAY_MS } from '../../core/lib/clock.ts'
import { ok } from '../../core/lib/result.ts'
import type { Ctx } from '../ports.ts'

/**
 * How long what was told can be read and sent again. A receiver that was down for a quarter of a year is rather filled
 * from customers than from events.
 */
export const BODY_LIFE_MS = 90 * DAY_MS

/** Bodies dropped in one transaction: some megabytes. */
const FORGOTTEN_BATCH = 1_000
/** As many projects as one server is made for. */
const PROJECTS_MAX = 10_000

/**
 * Drops the bodies that are too old to be asked for. The events stay, since a fact that is found again must be known to
 * have been told.
 */
export async function forgetOldBodies(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  const relayedBefore = ctx.clock.now() - BODY_LIFE_MS
  let done = 0
  let more = false
  for (const { projectId } of await ctx.read.projects.list(PROJECTS_MAX)) {
    const dropped = await ctx.transaction<number, never>(async (tx) =>
      ok(await tx.eventFeed.forgetBefore(projectId, relayedBefore, FORGOTTEN_BATCH)),
    )
    const count = dropped.ok ? dropped.value : 0
    done += count
    more ||= count === FORGOTTEN_BATCH
  }
  return { done, more }
}
