/** A short-lived credential of one realtime session. Only its hash is stored. */
export type RealtimeToken = {
  tokenHash: string
  projectId: string
  userId: string
  deviceId: string
  topics: string[]
  createdAt: number
  expiresAt: number
}

/** What a process knows of a session that it serves. */
export type WatchedSession = {
  projectId: string
  userId: string
  tokenHash: string
  customerId: string
  revision: number
}

/** What the database knows better about a session. */
export type SessionNews = {
  /** The place of the session in the list that was asked about. */
  index: number
  /** Whether the token still exists. It goes when it is revoked, and after it has expired. */
  isTokenKept: boolean
  /** Who the user's customer is now; null when there is none any more. */
  customer: { customerId: string; revision: number } | null
}

export type RealtimeReads = {
  find(tokenHash: string): Promise<RealtimeToken | null>
  /** Sessions about which there is something newer, in one statement; those that are up to date are left out. */
  news(sessions: readonly WatchedSession[]): Promise<SessionNews[]>
}

export type TxRealtimeTokens = {
  insert(token: RealtimeToken): Promise<void>
  deleteExpired(now: number): Promise<number>
  /** Deletes the tokens of a user; of one device only when it is named. Answers how many. */
  deleteOfUser(projectId: string, userId: string, deviceId: string | null): Promise<number>
}
