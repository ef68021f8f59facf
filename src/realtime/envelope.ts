import type { ChangeCause } from '../core/events/event.ts'

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
}

/** The name of an invalidation on the wire. */
export type InvalidationEvent = 'usage.changed' | 'entitlements.changed'

/** Codes of the `error` frame. All but `unknown_op` and `too_many_topics` come before a close. */
export type ErrorCode =
  | 'invalid_json'
  | 'invalid_frame'
  | 'unsupported_version'
  | 'binary_not_supported'
  | 'unknown_op'
  | 'too_many_topics'

export type ServerFrame =
  | { event: 'connected'; data: { user_id: string; server_time: string; topics: string[]; seq: number } }
  | { event: 'subscribed'; data: { topics: string[]; rejected: string[]; replayed: number } }
  | { event: 'ping' | 'pong' | 'auth_expired'; data: Record<string, never> }
  | { event: 'error'; data: { code: ErrorCode; message: string } }
  | { event: InvalidationEvent; data: InvalidationData }

/** The text of a frame as it goes to a client, on every transport. */
export function frameToWire(frame: ServerFrame): string {
  return JSON.stringify({ v: PROTOCOL_VERSION, event: frame.event, data: frame.data })
}
