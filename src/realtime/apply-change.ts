import type { CustomerChange } from '../core/events/event.ts'
import type { PublishedEnvelope } from '../core/events/published-envelope.ts'
import type { PublishedView } from '../usecases/ports/published.ts'
import { mainTopicOf } from '../usecases/realtime/own-topics.ts'
import {
  ANNOUNCED_KINDS,
  type AnnouncedKind,
  type Announcement,
  announce,
  mustWait,
  restartAnnouncements,
  takeDue,
} from './announcements.ts'
import type { InvalidationData, InvalidationEvent, PublishedEvent } from './envelope.ts'
import {
  type IsSubscribed,
  learn,
  learnAll,
  mustWaitForPublished,
  type PublishedState,
  replayPublished,
  restartPublished,
  takePublished,
  want,
} from './published-state.ts'
import type { SessionState, Step } from './session-state.ts'

const EVENT_OF_KIND: Record<AnnouncedKind, InvalidationEvent> = {
  usage: 'usage.changed',
  entitlements: 'entitlements.changed',
}

type InvalidationFrame = { event: InvalidationEvent | PublishedEvent; data: InvalidationData }

/** Where an announcement comes from, without its kind and revision. */
type Origin = Pick<Announcement, 'occurredAt' | 'cause' | 'currency'>

/**
 * A committed change. Changes of one customer may arrive out of order or twice, so the revision only rises, and a kind
 * is told again only when the change is newer than what was told of that kind. When revisions were skipped, a change
 * was lost or is late, and nobody knows of which kind: all are told now, because a client that took this revision for
 * its cursor would never ask for the one before.
 */
export function applyChange(state: SessionState, change: CustomerChange, now: number): Step {
  if (change.absorbedCustomerId !== null && change.absorbedCustomerId === state.customerId) {
    return adoptCustomer(state, change, now)
  }
  if (change.customerId !== state.customerId) return sendDue(state, now)
  const isGap = change.revision > state.seq + 1
  const kinds = ANNOUNCED_KINDS.filter(
    (kind) => (isGap || change.kinds.includes(kind)) && change.revision > state.announcements[kind].announcedSeq,
  )
  const seq = Math.max(state.seq, change.revision)
  return sendDue(tell({ ...state, seq, published: hearPublished(state, change, isGap) }, kinds, change), now)
}

/** What was read of the session's customer. When changes were missed, nobody knows of which kind: all are told. */
export function applyRevision(state: SessionState, revision: number, now: number): Step {
  if (revision <= state.seq) return sendDue(state, now)
  const origin: Origin = { occurredAt: now, cause: 'replay', currency: null }
  const published = want(state.published, revision)
  return sendDue(tell({ ...state, seq: revision, published }, ANNOUNCED_KINDS, origin), now)
}

/** What was read of published messages. When the session listens to another customer by now, it is of no use. */
export function applyPublished(
  state: SessionState,
  { customerId, view }: { customerId: string; view: PublishedView },
  now: number,
): Step {
  if (customerId !== state.customerId) return sendDue(state, now)
  return sendDue({ ...state, published: learnAll(state.published, view, subscriptionOf(state)) }, now)
}

/** Says whether a session is subscribed to the topic of a message. */
export function subscriptionOf({ topics, userId }: Pick<SessionState, 'topics' | 'userId'>): IsSubscribed {
  return ({ topicSuffix }) => topics.has(`${mainTopicOf(userId)}${topicSuffix}`)
}

/** A message comes with its change in the process that it was published in; elsewhere it has to be read. */
function hearPublished(state: SessionState, change: CustomerChange, isGap: boolean): PublishedState {
  const { published, revision, kinds } = change
  const learnt = published === undefined ? state.published : learn(state.published, [published], subscriptionOf(state))
  return isGap || (published === undefined && kinds.includes('custom')) ? want(learnt, revision) : learnt
}

/**
 * The session's customer became part of another one. Revisions of the two have nothing to do with each other, so the
 * count starts anew, and everything may look different.
 */
export function adoptCustomer(
  state: SessionState,
  next: { customerId: string; revision: number } & Origin,
  now: number,
): Step {
  const announcements = restartAnnouncements(state.announcements, next.revision)
  const adopted = {
    ...state,
    customerId: next.customerId,
    seq: next.revision,
    announcements,
    published: restartPublished(state.published, next.revision),
  }
  return sendDue(tell(adopted, ANNOUNCED_KINDS, next), now)
}

/**
 * Answers the cursor of a subscription: the published messages since, and one envelope of each other kind when the customer changed since, except of kinds that
 * this socket was told of since it subscribed. `replayed` is their number. A cursor that is ahead counts as well: it is
 * one of a customer that was merged into this one, or from before a database was restored.
 */
export function replay(state: SessionState, cursor: number, now: number): { state: SessionState; replayed: number } {
  if (state.seq === cursor) return { state, replayed: 0 }
  const since = cursor > state.seq ? null : cursor
  const { published, replayed } = replayPublished(state.published, since, subscriptionOf(state), now)
  if (!state.topics.has(mainTopicOf(state.userId))) return { state: { ...state, published }, replayed }
  const kinds = ANNOUNCED_KINDS.filter((kind) => !state.announcements[kind].isCovered)
  const told = tell({ ...state, published }, kinds, { occurredAt: now, cause: 'replay', currency: null })
  return { state: told, replayed: kinds.length + replayed }
}

/** Sends what waited long enough. */
export function sendDue(state: SessionState, now: number): Step {
  const nothing = { state, frames: [], isProbing: false, close: null }
  if (mustWait(state.announcements, now) || mustWaitForPublished(state.published, now)) return nothing
  const { due, rest: announcements } = takeDue(state.announcements, now)
  const messages = takePublished(state.published, now)
  if (due.length + messages.due.length === 0) return nothing
  const frames = [
    ...due.map((announcement) => announcementToWire(state, announcement)),
    ...messages.due.map((envelope) => envelopeToWire(state, envelope)),
  ].sort((one, other) => one.data.seq - other.data.seq)
  return { ...nothing, state: { ...state, announcements, published: messages.rest }, frames }
}

/** A session that did not ask for its user's topic is told nothing; what it misses is replayed when it asks. */
function tell(state: SessionState, kinds: readonly AnnouncedKind[], origin: Origin): SessionState {
  if (!state.topics.has(mainTopicOf(state.userId))) return state
  const { occurredAt, cause } = origin
  const announcements = kinds.reduce((current, kind) => {
    const currency = kind === 'usage' ? origin.currency : null
    return announce(current, { kind, seq: state.seq, occurredAt, cause, currency })
  }, state.announcements)
  return { ...state, announcements }
}

function announcementToWire(state: SessionState, announcement: Announcement): InvalidationFrame {
  const data: InvalidationData = {
    id: `${state.customerId}:${announcement.kind}:${announcement.seq}`,
    topic: mainTopicOf(state.userId),
    silent: true,
    seq: announcement.seq,
    occurred_at: new Date(announcement.occurredAt).toISOString(),
    cause: announcement.cause,
    ...(announcement.currency === null ? {} : { currency: announcement.currency }),
  }
  return { event: EVENT_OF_KIND[announcement.kind], data }
}

function envelopeToWire({ userId }: SessionState, envelope: PublishedEnvelope): InvalidationFrame {
  const data: InvalidationData = {
    id: envelope.envelopeId,
    topic: `${mainTopicOf(userId)}${envelope.topicSuffix}`,
    silent: true,
    seq: envelope.revision,
    occurred_at: new Date(envelope.occurredAt).toISOString(),
    cause: 'publish',
    ...(envelope.data === null ? {} : { data: envelope.data }),
  }
  // Names of events are checked where they are published: they have a dot.
  return { event: envelope.event as PublishedEvent, data }
}
