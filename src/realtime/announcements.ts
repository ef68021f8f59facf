import type { ChangeCause } from '../core/events/event.ts'
import { SECOND_MS } from '../core/lib/clock.ts'

/** Shortest time between two envelopes of one kind: a burst of changes is one reason to read again, not many. */
export const COALESCE_MS = SECOND_MS

/** The kinds of change that have an envelope. */
export const ANNOUNCED_KINDS = ['usage', 'entitlements'] as const
export type AnnouncedKind = (typeof ANNOUNCED_KINDS)[number]

export type Announcement = {
  kind: AnnouncedKind
  seq: number
  occurredAt: number
  cause: ChangeCause | 'replay'
  currency: string | null
}

type KindState = {
  /** When an envelope of this kind last went out. */
  readonly sentAt: number | null
  readonly pending: Announcement | null
  /** Changes up to this revision need no further envelope. */
  readonly announcedSeq: number
  /** Whether everything from before the subscription is covered by an envelope sent or pending since. */
  readonly isCovered: boolean
}

/** What one session was told of each kind, and what it is still to be told. */
export type Announcements = { readonly [Kind in AnnouncedKind]: KindState }

/** Nothing told yet. A change up to `seq` is older than the session. `sentAt`: when the client was last told of any. */
export function startAnnouncements(seq: number, sentAt: number | null): Announcements {
  const kind: KindState = { sentAt, pending: null, announcedSeq: seq, isCovered: false }
  return { usage: kind, entitlements: kind }
}

/** Forgets what is pending and what was told, but not when: the limit per second holds over a change of subscription. */
export function restartAnnouncements(current: Announcements, seq: number): Announcements {
  const restart = ({ sentAt }: KindState): KindState => ({ sentAt, pending: null, announcedSeq: seq, isCovered: false })
  return { usage: restart(current.usage), entitlements: restart(current.entitlements) }
}

/** Adds something to tell. What is pending of the same kind becomes one with it: the newest, and the common currency. */
export function announce(current: Announcements, next: Announcement): Announcements {
  const { sentAt, pending } = current[next.kind]
  const merged =
    pending === null ? next : { ...next, currency: pending.currency === next.currency ? next.currency : null }
  return { ...current, [next.kind]: { sentAt, pending: merged, announcedSeq: next.seq, isCovered: true } }
}

/** Whether something is pending that may not be sent yet. Then nothing else may be sent either. */
export function mustWait(current: Announcements, now: number): boolean {
  return ANNOUNCED_KINDS.some((kind) => current[kind].pending !== null && !isOpen(current[kind].sentAt, now))
}

/**
 * Takes out what may be sent now, lowest revision first. All pending kinds go together, once each of them may go:
 * a client takes the highest revision it saw for its cursor, so a later one must never overtake an earlier one.
 */
export function takeDue(current: Announcements, now: number): { due: Announcement[]; rest: Announcements } {
  const due: Announcement[] = []
  for (const kind of ANNOUNCED_KINDS) {
    const { pending, sentAt } = current[kind]
    if (pending === null) continue
    if (!isOpen(sentAt, now)) return { due: [], rest: current }
    due.push(pending)
  }
  if (due.length === 0) return { due, rest: current }
  const sent = (state: KindState): KindState =>
    state.pending === null ? state : { ...state, pending: null, sentAt: now }
  due.sort((one, other) => one.seq - other.seq)
  return { due, rest: { usage: sent(current.usage), entitlements: sent(current.entitlements) } }
}

/** A clock that was set back must not silence a kind until it catches up. */
function isOpen(sentAt: number | null, now: number): boolean {
  return sentAt === null || now < sentAt || now - sentAt >= COALESCE_MS
}
