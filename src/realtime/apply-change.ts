import type { CustomerChange } from '../core/events/event.ts'
import { mainTopicOf } from '../usecases/realtime/own-topics.ts'
import {
  ANNOUNCED_KINDS,
  type AnnouncedKind,
  type Announcement,
  announce,
  restartAnnouncements,
  takeDue,
} from './announcements.ts'
import type { InvalidationData, InvalidationEvent, ServerFrame } from './envelope.ts'
import type { SessionState, Step } from './session-state.ts'

const EVENT_OF_KIND: Record<AnnouncedKind, InvalidationEvent> = {
  usage: 'usage.changed',
  entitlements: 'entitlements.changed',
}

/** Where an announcement comes from, without its kind and revision. */
type Origin = Pick<Announcement, 'occurredAt' | 'cause' | 'currency'>

/**
 * A committed change. Changes of one customer may arrive out of order or twice, so the revision only rises, and a kind
 * is told again only when the change is newer than what was told of that kind.
 */
export function applyChange(state: SessionState, change: CustomerChange, now: number): Step {
  if (change.absorbedCustomerId !== null && change.absorbedCustomerId === state.customerId) {
    return adoptCustomer(state, change, now)
  }
  if (change.customerId !== state.customerId) return sendDue(state, now)
  const kinds = ANNOUNCED_KINDS.filter(
    (kind) => change.kinds.includes(kind) && change.revision > state.announcements[kind].announcedSeq,
  )
  const seq = Math.max(state.seq, change.revision)
  return sendDue(tell({ ...state, seq }, kinds, change), now)
}

/** What was read of the session's customer. When changes were missed, nobody knows of which kind: all are told. */
export function applyRevision(state: SessionState, revision: number, now: number): Step {
  if (revision <= state.seq) return sendDue(state, now)
  const origin: Origin = { occurredAt: now, cause: 'replay', currency: null }
  return sendDue(tell({ ...state, seq: revision }, ANNOUNCED_KINDS, origin), now)
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
  const adopted = { ...state, customerId: next.customerId, seq: next.revision, announcements }
  return sendDue(tell(adopted, ANNOUNCED_KINDS, next), now)
}

/**
 * Answers the cursor of a subscription: one envelope of each kind when the customer changed since, except of kinds that
 * this socket was told of since it subscribed. `replayed` is their number.
 */
export function replay(state: SessionState, cursor: number, now: number): { state: SessionState; replayed: number } {
  if (state.seq <= cursor || !state.topics.has(mainTopicOf(state.userId))) return { state, replayed: 0 }
  const kinds = ANNOUNCED_KINDS.filter((kind) => !state.announcements[kind].isCovered)
  return { state: tell(state, kinds, { occurredAt: now, cause: 'replay', currency: null }), replayed: kinds.length }
}

/** Sends what waited long enough. */
export function sendDue(state: SessionState, now: number): Step {
  const { due, rest } = takeDue(state.announcements, now)
  if (due.length === 0) return { state, frames: [], isProbing: false, close: null }
  const frames = due.map((announcement) => announcementToWire(state, announcement))
  return { state: { ...state, announcements: rest }, frames, isProbing: false, close: null }
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

function announcementToWire(state: SessionState, announcement: Announcement): ServerFrame {
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
