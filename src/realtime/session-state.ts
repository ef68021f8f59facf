import type { Announcements } from './announcements.ts'
import type { Close } from './close.ts'
import type { ServerFrame } from './envelope.ts'
import type { PublishedState } from './published-state.ts'

/** All that one session knows. Plain data; every input makes a new one. */
export type SessionState = {
  readonly userId: string
  readonly customerId: string
  /** When the token, and with it the session, expires. */
  readonly expiresAt: number
  readonly topics: ReadonlySet<string>
  /** The customer's revision as far as this session knows. */
  readonly seq: number
  readonly announcements: Announcements
  readonly published: PublishedState
  /** When the client last gave a sign of life. */
  readonly heardAt: number
  readonly pingedAt: number
  /** Times of the latest client frames, for the limit of frames. */
  readonly frameTimes: readonly number[]
  /** Whether the client has no way to give signs of life: a stream that goes one way only. */
  readonly isOneWay: boolean
  /** Whether the client has given a cursor: it was here before. */
  readonly isResumed: boolean
  readonly isClosed: boolean
}

/** What an input leads to. `frames` go out in order, before the close. */
export type Step = {
  readonly state: SessionState
  readonly frames: readonly ServerFrame[]
  /** Whether to send a ping of the transport itself, which every browser answers without the page's help. */
  readonly isProbing: boolean
  readonly close: Close | null
}
