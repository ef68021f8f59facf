import { HOUR_MS } from '../../core/lib/clock.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { type WebhookEndpoint, wantsEvent } from '../../core/webhooks/webhook-endpoint.ts'
import type { RelayedEvent } from '../ports/relayed-events.ts'
import type { Ctx } from '../ports.ts'
import type { EndpointName } from './change-endpoints.ts'
import { eventAt } from './read-deliveries.ts'

export type ReplayRefusal = { code: 'endpoint_not_found' } | { code: 'event_not_found' }

/** Events of the feed looked at in one request, so that it ends soon; whoever wants more goes on where it ended. */
export const REPLAY_MAX = 10_000
/** Events queued in one transaction. */
const PAGE = 500
/** How far the order of the feed and the times of its events may differ: an event is relayed soon after it happened. */
const DISORDER_MS = HOUR_MS

/** Which part of a feed: after a position, and between two times of happening; null does not bound. */
export type ReplayRange = { after: number | null; since: number | null; until: number | null }

/** `next`: the position to go on after; null when the range is done. */
export type Replayed = { queued: number; next: number | null }

type Doors = Pick<Ctx, 'transaction' | 'clock' | 'read'>

/** Sends one event again, whether or not the endpoint's filters want it. It keeps its id and its body. */
export async function replayEvent(
  ctx: Doors,
  { position, ...name }: EndpointName & { position: number },
): Promise<Result<null, ReplayRefusal>> {
  const endpoint = await ctx.read.webhookEndpoints.get(name.projectId, name.endpointId)
  if (endpoint === null) return refuse({ code: 'endpoint_not_found' })
  const event = await eventAt(ctx, name.projectId, position)
  if (event === null) return refuse({ code: 'event_not_found' })
  await queue(ctx, endpoint, [event])
  return ok(null)
}

/** Sends a part of the feed again: what the endpoint's filters want, in its order. Also what it never got. */
export async function replayRange(
  ctx: Doors,
  { range, ...name }: EndpointName & { range: ReplayRange },
): Promise<Result<Replayed, ReplayRefusal>> {
  const endpoint = await ctx.read.webhookEndpoints.get(name.projectId, name.endpointId)
  if (endpoint === null) return refuse({ code: 'endpoint_not_found' })
  const { projectId } = endpoint
  const { since, until } = range
  const start = since === null ? 0 : await positionBefore(ctx, projectId, since - DISORDER_MS)
  let after = Math.max(start, range.after ?? 0)
  let queued = 0
  for (let seen = 0; seen < REPLAY_MAX; seen += PAGE) {
    const page = await ctx.read.eventFeed.page(projectId, { after, limit: PAGE, types: endpoint.eventTypes })
    const wanted = page.events.filter(
      (event) =>
        wantsEvent(endpoint, event) &&
        (since === null || event.occurredAt >= since) &&
        (until === null || event.occurredAt < until),
    )
    await queue(ctx, endpoint, wanted)
    queued += wanted.length
    const last = page.events.at(-1)
    if (!page.hasMore || last === undefined) return ok({ queued, next: null })
    if (until !== null && last.occurredAt > until + DISORDER_MS) return ok({ queued, next: null })
    after = last.position
  }
  return ok({ queued, next: after })
}

async function queue(ctx: Doors, endpoint: WebhookEndpoint, events: readonly RelayedEvent[]): Promise<void> {
  if (events.length === 0) return
  await ctx.transaction<null, never>(async (tx) => {
    await tx.webhookDeliveries.requeue(endpoint, events, ctx.clock.now())
    return ok(null)
  })
}

/** The position before the first event that did not happen before a time, by halving: the feed is in the order of time. */
async function positionBefore({ read }: Doors, projectId: string, at: number): Promise<number> {
  const first = async (after: number) =>
    (await read.eventFeed.page(projectId, { after, limit: 1, types: null })).events[0] ?? null
  let low = 0
  let step = 1
  // Farther and farther, until beyond the time or the end of the feed.
  while (await isBefore(low + step)) {
    low += step
    step *= 2
  }
  while (step > 1) {
    step /= 2
    if (await isBefore(low + step)) low += step
  }
  return low
  /** Whether the event at a position, or the next that is kept, happened before the time. */
  async function isBefore(position: number): Promise<boolean> {
    const event = await first(position - 1)
    return event !== null && event.occurredAt < at
  }
}
