import type { Clock } from '../core/lib/clock.ts'

/** The outside, as this room sees it. */
export type UpstreamWorld = {
  fetch(url: string, init: RequestInit): Promise<Response>
  clock: Clock
  sleep(durationMs: number): Promise<void>
  /** A signal that aborts by itself after a time. */
  expireAfter(durationMs: number): AbortSignal
}

/** Which project of which server, and the secret key for it. */
export type UpstreamPlace = {
  /** The address of the API; `/v2` at its end may be left out. */
  url: string
  key: string
  projectId: string
}
