import type { ChangeCause } from '../core/events/event.ts'
import type { PublishedEnvelope } from '../core/events/published-envelope.ts'

/** Version of the realtime protocol, in every frame of both sides. */
export const PROTOCOL_VERSION = 1

/**
 * What a silent invalidation says: something changed, read it again. No balance, no amount, no reason, so order and
 * loss do no harm.
 */
export type InvalidationData = {
  /** The same for the same fact, also after a reconnect: clients drop ids that they have seen. */
  id: string
  topic: string
  silent: true
  /** The customer's revision. */
  seq: number
  /** ISO 8601, UTC. */
  occurred_at: string
  /** `replay` stands for changes that happened while nobody listened. */
  cause: ChangeCause | 'replay'
  currency?: string
  /** What the publisher of a message sent along. */
  data?: NonNullable<PublishedEnvelope['data']>
}

/** The name of an invalidation on the wire. */
export type InvalidationEvent = 'usage.changed' | 'entitlements.changed'

/** The name of a message that a team's own service published. */
export type PublishedEvent = `${string}.${string}`

/** Codes of the `error` frame. All but `unknown_op` and `too_many_topics` come before a close. */
export type ErrorCode =
  | 'invalid_json'
  | 'invalid_frame'
  | 'unsupported_version'
  | 'binary_not_supported'
  | 'unknown_op'
  | 'too_many_topics'

/** Says that the session is over because somebody signed the user or the device out. Like an invalidation: silent. */
export type RevocationData = { topic: string; silent: true; occurred_at: string }

export type ServerFrame =
  | { event: 'connected'; data: { user_id: string; server_time: string; topics: string[]; seq: number } }
  | { event: 'subscribed'; data: { topics: string[]; rejected: string[]; replayed: number } }
  | { event: 'ping' | 'pong' | 'auth_expired'; data: Record<string, never> }
  | { event: 'error'; data: { code: ErrorCode; message: string } }
  | { event: InvalidationEvent | PublishedEvent; data: InvalidationData }
  /** Right before a close with 4001. */
  | { event: 'session.revoked'; data: RevocationData }
  /** The server is about to close. Each client is told another delay, so that they do not all come back at once. */
  | { event: 'going_away'; data: { retry_after_ms: number } }
  /** The last word on transports that have no close codes of their own. */
  | { event: 'closed'; data: { code: number; reason: string } }

/** The text of a frame as it goes to a client, on every transport. */
export function frameToWire(frame: ServerFrame): string {
  return JSON.stringify({ v: PROTOCOL_VERSION, event: frame.event, data: frame.data })
}

/** The highest revision that a client has heard of after these frames; null when they tell of none. */
export function cursorAfter(frames: readonly ServerFrame[]): number | null {
  const told = frames.flatMap((frame) => (isInvalidation(frame) ? [frame.data.seq] : []))
  return told.length === 0 ? null : Math.max(...told)
}

export function isInvalidation(frame: ServerFrame): frame is ServerFrame & { data: InvalidationData } {
  return 'silent' in frame.data && 'seq' in frame.data
}

/** Whether a frame is a message of a team's own service, whose names are not ours. */
export function isPublished(frame: ServerFrame): boolean {
  return isInvalidation(frame) && frame.data.cause === 'publish'
}
