import { ok, type Result, refuse } from '../../core/lib/result.ts'
import type { FeedPage, FeedQuestion } from '../ports/event-relay.ts'
import type { Ctx } from '../ports.ts'

/**
 * Events between the cursor and what is still kept are gone, or the cursor lies ahead of the feed, as after an older
 * database was restored; going on would pass over events in silence. What is kept begins after `forgottenPosition`.
 */
export type FeedRefusal = { code: 'cursor_expired'; forgottenPosition: number }

/** Reads on in a project's feed. `after` of null begins at the oldest event that is kept. */
export async function readEventFeed(
  ctx: Pick<Ctx, 'read'>,
  projectId: string,
  { after, ...question }: Omit<FeedQuestion, 'after'> & { after: number | null },
): Promise<Result<FeedPage, FeedRefusal>> {
  const page = await ctx.read.eventFeed.page(projectId, { ...question, after: after ?? 0 })
  if (after !== null && (after < page.forgottenPosition || after > page.lastPosition)) {
    return refuse({ code: 'cursor_expired', forgottenPosition: page.forgottenPosition })
  }
  return ok(page)
}
