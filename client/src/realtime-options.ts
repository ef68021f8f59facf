import type { Platform } from './platform.ts'

/** Ways to listen, best first. `sse` are server-sent events, `poll` is long polling. */
export type Transport = 'websocket' | 'sse' | 'poll'

/** One signal to read again. It never says what the new value is. */
export type RealtimeChange = {
  /** What to read again. `all` comes once after every connect: whatever was missed before is covered by it. */
  readonly kind: 'usage' | 'entitlements' | 'all'
  /** The customer's revision. REST answers carry it as `X-Purser-Revision`. */
  readonly seq: number
  /** Why, in the server's word such as `purchase`; `connected` for kind `all`. */
  readonly cause: string
  /** The one currency that changed; null when several did, or none. */
  readonly currency: string | null
}

export type RealtimeState = {
  /**
   * `connecting`: an attempt is under way. `live`: changes arrive. `waiting`: the next attempt comes at `retryAt`.
   * `stopped`: it is over, see `reason`.
   */
  readonly state: 'connecting' | 'live' | 'waiting' | 'stopped'
  /** The transport in use; null when there is none. */
  readonly transport: Transport | null
  /** Epoch milliseconds; null unless waiting. */
  readonly retryAt: number | null
  /** Why it is over; null before that. */
  readonly reason: StopReason | null
}

/**
 * `closed` by the app, `replaced` by a newer connection of the same device, `revoked` because the user was signed out,
 * `gave_up` after `attemptsMax` failures in a row, `unsupported` when no transport works here.
 */
export type StopReason = 'closed' | 'replaced' | 'revoked' | 'gave_up' | 'unsupported'

/** Something went wrong. It is tried again by itself, unless the state says `stopped`. */
export type RealtimeProblem = {
  /** A word for programs: `token_failed`, `bootstrap_failed`, `wrong_user`, `timeout`, `line_failed` or `app_failed`. */
  readonly code: string
  /** For people. Holds no credential. */
  readonly message: string
  /** The HTTP status; null when there was no answer. */
  readonly status: number | null
  /** What was thrown, if anything. */
  readonly cause: unknown
}

/** A message of the server as it came, for logs. */
export type RealtimeFrame = {
  readonly v: number
  readonly event: string
  readonly data: Readonly<Record<string, unknown>>
}

type TokenSource =
  /** The token of your identity provider. Called before every bootstrap: answer one that is still good. */
  | { readonly getToken: () => string | Promise<string>; readonly token?: never }
  /** For scripts that end before the token does. */
  | { readonly token: string; readonly getToken?: never }

export type RealtimeOptions = TokenSource & {
  /** The server's public address, such as `https://purser.example.com`. */
  readonly url: string
  /** Called once for each change. */
  readonly onChange: (change: RealtimeChange) => void
  readonly onState?: (state: RealtimeState) => void
  readonly onProblem?: (problem: RealtimeProblem) => void
  readonly onFrame?: (frame: RealtimeFrame) => void
  /** Who is expected. A token of somebody else then counts as a failure, instead of showing another user's changes. */
  readonly userId?: string
  /**
   * Stable for one device and one page. A new connection with the same id ends the older one. Without it, each call
   * is a device of its own.
   */
  readonly deviceId?: string
  /** Sent as `X-Purser-Project` to a server with several projects. */
  readonly project?: string
  /** Which to use, best first. All by default. */
  readonly transports?: readonly Transport[]
  /** Failures in a row after which it stops. No limit by default. */
  readonly attemptsMax?: number
  /** What differs from the environment: for tests, and for places with a better `fetch` such as `expo/fetch`. */
  readonly platform?: Partial<Platform>
}

export type RealtimeConnection = {
  /** What `onState` was told last. */
  readonly state: RealtimeState
  /** Tries now instead of at `retryAt`; makes sure that a line that seems live is. */
  retry(): void
  /** Ends it for good. Nothing is told afterwards. */
  close(): void
}
