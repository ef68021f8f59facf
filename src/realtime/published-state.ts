import { isRecent, type PublishedEnvelope, publishedKind } from '../core/events/published-envelope.ts'
import type { PublishedView } from '../usecases/ports/published.ts'
import { COALESCE_MS } from './announcements.ts'

type KindState = {
  /** The last message of its kind. */
  readonly envelope: PublishedEnvelope
  readonly isPending: boolean
  /** When a message of this kind last went out. */
  readonly sentAt: number | null
  /** The revision of the last message of this kind that went out since the topic was subscribed to. */
  readonly toldUpTo: number
}

/** What one session knows of published messages, and what of them it told. The number of kinds is bounded at their source. */
export type PublishedState = {
  /** The revision up to which all messages are known, and the one up to which they should be. */
  readonly knownUpTo: number
  readonly wantedUpTo: number
  /** Messages up to this revision are older than the session: they are told only to a cursor. */
  readonly startedAt: number
  readonly kinds: ReadonlyMap<string, KindState>
}

/** Whether a session is subscribed to the topic of a message. */
export type IsSubscribed = (envelope: PublishedEnvelope) => boolean

const EVERYTHING = Number.POSITIVE_INFINITY

const NO_KINDS: ReadonlyMap<string, KindState> = new Map()

/** What is known at the opening. Messages that came after the revision of the opening are learnt when that is noticed. */
export function startPublished(view: PublishedView | undefined, revision: number): PublishedState {
  const known = view?.envelopes.filter((envelope) => envelope.revision <= revision) ?? []
  const kinds = known.map((envelope) => [publishedKind(envelope), freshKind(envelope)] as const)
  return {
    // Where nothing is kept, nothing is missing.
    knownUpTo: view === undefined ? EVERYTHING : revision,
    wantedUpTo: revision,
    startedAt: revision,
    kinds: kinds.length === 0 ? NO_KINDS : new Map(kinds),
  }
}

/** Nothing is known of another customer. Whatever is learnt is told: clients drop what they have seen by its id. */
export function restartPublished({ knownUpTo }: PublishedState, revision: number): PublishedState {
  return { knownUpTo: knownUpTo === EVERYTHING ? EVERYTHING : -1, wantedUpTo: revision, startedAt: -1, kinds: NO_KINDS }
}

/** Whether messages have to be read before anything else may be told. */
export function isWanting({ knownUpTo, wantedUpTo }: PublishedState): boolean {
  return wantedUpTo > knownUpTo
}

/** There may be messages up to a revision that nobody brought. */
export function want(state: PublishedState, revision: number): PublishedState {
  return revision > state.wantedUpTo ? { ...state, wantedUpTo: revision } : state
}

/** Takes in messages; those that are new are to be told. Of one kind only the newest counts. */
export function learn(
  state: PublishedState,
  envelopes: readonly PublishedEnvelope[],
  isSubscribed: IsSubscribed,
): PublishedState {
  const news = envelopes.filter(
    (envelope) => envelope.revision > (state.kinds.get(publishedKind(envelope))?.envelope.revision ?? -1),
  )
  if (news.length === 0) return state
  const kinds = new Map(state.kinds)
  for (const envelope of news) {
    const before = kinds.get(publishedKind(envelope)) ?? freshKind(envelope)
    const isPending = isSubscribed(envelope) && envelope.revision > state.startedAt
    kinds.set(publishedKind(envelope), { ...before, envelope, isPending: isPending || before.isPending })
  }
  return { ...state, kinds }
}

/** Takes in all messages up to a revision. */
export function learnAll(state: PublishedState, view: PublishedView, isSubscribed: IsSubscribed): PublishedState {
  const learnt = learn(state, view.envelopes, isSubscribed)
  return { ...learnt, knownUpTo: Math.max(learnt.knownUpTo, view.revision) }
}

/** Makes pending what is newer than a cursor and was not told since the topic was subscribed to. Null asks for all. */
export function replayPublished(
  state: PublishedState,
  cursor: number | null,
  isSubscribed: IsSubscribed,
  now: number,
): { published: PublishedState; replayed: number } {
  const missed = [...state.kinds].filter(
    ([, { envelope, isPending, toldUpTo }]) =>
      !isPending &&
      toldUpTo < envelope.revision &&
      (cursor === null || envelope.revision > cursor) &&
      isRecent(envelope, now) &&
      isSubscribed(envelope),
  )
  if (missed.length === 0) return { published: state, replayed: 0 }
  const kinds = new Map(state.kinds)
  for (const [key, kind] of missed) kinds.set(key, { ...kind, isPending: true })
  return { published: { ...state, kinds }, replayed: missed.length }
}

/** After topics were dropped: nothing more is told on them, and a new subscription may ask for all again. */
export function forgetTopics(state: PublishedState, isSubscribed: IsSubscribed): PublishedState {
  if (state.kinds.size === 0) return state
  const kinds = [...state.kinds].map(([key, kind]) => {
    const kept = isSubscribed(kind.envelope) ? kind : { ...kind, isPending: false, toldUpTo: 0 }
    return [key, kept] as const
  })
  return { ...state, kinds: new Map(kinds) }
}

/** Whether something here keeps a session from telling anything: see `takeDue` for why they wait for each other. */
export function mustWaitForPublished(state: PublishedState, now: number): boolean {
  if (isWanting(state)) return true
  for (const { isPending, sentAt } of state.kinds.values()) {
    if (isPending && sentAt !== null && now >= sentAt && now - sentAt < COALESCE_MS) return true
  }
  return false
}

/** Takes out all that is pending. */
export function takePublished(
  state: PublishedState,
  now: number,
): { due: readonly PublishedEnvelope[]; rest: PublishedState } {
  const pending = [...state.kinds].filter(([, { isPending }]) => isPending)
  if (pending.length === 0) return { due: [], rest: state }
  const kinds = new Map(state.kinds)
  for (const [key, { envelope }] of pending) {
    kinds.set(key, { envelope, isPending: false, sentAt: now, toldUpTo: envelope.revision })
  }
  return { due: pending.map(([, { envelope }]) => envelope), rest: { ...state, kinds } }
}

function freshKind(envelope: PublishedEnvelope): KindState {
  return { envelope, isPending: false, sentAt: null, toldUpTo: 0 }
}
