import { PUBLISHED_LIFE_MS, type PublishedEnvelope } from '../../core/events/published-envelope.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { recordChange } from '../customers/record-change.ts'
import { doOnce, type KeyRefusal, type OnceOrder } from '../idempotency.ts'
import type { Ctx, Tx } from '../ports.ts'
import { mainTopicOf } from './own-topics.ts'

export type PublishInput = {
  projectId: string
  userId: string
  /** One of the user's own topics. */
  topic: string
  event: string
  data: PublishedEnvelope['data']
  /** Null when the caller gave none; then every request is a message of its own. */
  idempotencyKey: string | null
}

/** What was published. Stored under the idempotency key, so a replay answers exactly this. */
export type Published = {
  userId: string
  topic: string
  event: string
  envelopeId: string
  revision: number
  occurredAt: number
}

export type PublishOutcome = { published: Published; replayed: boolean; revision: number }

export type PublishRefusal = { code: 'customer_not_found' } | { code: 'too_many_events'; max: number } | KeyRefusal

/**
 * Kinds of messages that are kept for one user: of each kind a client may have to be told the last one, and a session
 * remembers what it told. More names than this are data in the wrong place.
 */
export const PUBLISHED_KINDS_MAX = 32

const SCOPE = 'admin.realtime.publish'

/** Messages forgotten at a time, so that no transaction takes long. */
const FORGOTTEN_AT_ONCE = 1_000

/**
 * Publishes a silent message to a user: keeps it as the last of its kind under a revision of its own, and has it
 * announced after commit. Whoever connects within a day with an older cursor is told it then, whichever process it was
 * published in.
 */
export async function publishEnvelope(ctx: Ctx, input: PublishInput): Promise<Result<PublishOutcome, PublishRefusal>> {
  return ctx.transaction<PublishOutcome, PublishRefusal>(async (tx) => {
    const customer = await tx.customers.lockByAppUserId(input.projectId, input.userId)
    let revision = customer?.revision ?? 0
    const done = await doOnce<Published, PublishRefusal>(tx, ctx, onceOrder(input), async (keep) => {
      if (customer === null) return refuse({ code: 'customer_not_found' })
      const envelope = envelopeFor(ctx, input, customer.revision + 1)
      await tx.published.deleteOfCustomerBefore(customer, envelope.occurredAt - PUBLISHED_LIFE_MS)
      if ((await tx.published.countOtherKinds(customer, envelope)) >= PUBLISHED_KINDS_MAX) {
        return refuse({ code: 'too_many_events', max: PUBLISHED_KINDS_MAX })
      }
      await tx.published.save(customer, envelope)
      const { occurredAt: now } = envelope
      const change = { kinds: ['custom'], cause: 'publish', events: [], published: envelope, now } as const
      revision = (await recordChange(tx, customer, change)).revision
      const published = publishedOf(input, envelope)
      await keep(published)
      return ok(published)
    })
    return done.ok ? ok({ published: done.value.answer, replayed: done.value.replayed, revision }) : done
  })
}

/** Forgets messages that nobody who connects is told any more. */
export async function forgetOldEnvelopes(ctx: Ctx): Promise<{ done: number; more: boolean }> {
  const forget = async (tx: Tx) =>
    ok(await tx.published.deleteBefore(ctx.clock.now() - PUBLISHED_LIFE_MS, FORGOTTEN_AT_ONCE))
  const forgotten = await ctx.transaction<number, never>(forget)
  const done = forgotten.ok ? forgotten.value : 0
  return { done, more: done === FORGOTTEN_AT_ONCE }
}

function envelopeFor(ctx: Ctx, { userId, topic, event, data }: PublishInput, revision: number): PublishedEnvelope {
  const topicSuffix = topic.slice(mainTopicOf(userId).length)
  return { envelopeId: ctx.ids.next('envelope'), topicSuffix, event, revision, data, occurredAt: ctx.clock.now() }
}

function publishedOf({ userId, topic, event }: PublishInput, envelope: PublishedEnvelope): Published {
  const { envelopeId, revision, occurredAt } = envelope
  return { userId, topic, event, envelopeId, revision, occurredAt }
}

function onceOrder({ projectId, userId, topic, event, data, idempotencyKey }: PublishInput): OnceOrder {
  const key = idempotencyKey === null ? null : { projectId, scope: SCOPE, key: idempotencyKey }
  return { key, fingerprint: JSON.stringify([userId, topic, event, data]) }
}
