import type { Clock } from '../../core/lib/clock.ts'
import { MINUTE_MS, SECOND_MS } from '../../core/lib/clock.ts'

/** Keys counted at once. At about a hundred bytes each, a flood of new keys costs a few megabytes. */
const MAX_KEYS = 20_000

/** The requests of one key since the first of its minute. */
export type RateWindow = { readonly startedAt: number; readonly count: number }

/** Whether a request may pass, and what its caller should know. Seconds are rounded up and at least 1. */
export type RateVerdict = {
  readonly allowed: boolean
  readonly limit: number
  /** Requests that may still follow in this minute. */
  readonly remaining: number
  /** Until the count starts anew. */
  readonly resetSeconds: number
  /** For `Retry-After`; `undefined` when the request is allowed. */
  readonly retryAfterSeconds: number | undefined
}

/**
 * Counts one request in a window of one minute. The minute begins with the key's first request, not with the minute of
 * the clock: `limit` requests in a row always pass, and the next one never does. Refused requests do not prolong it.
 */
export function countRequest(
  window: RateWindow | undefined,
  limit: number,
  now: number,
): { readonly window: RateWindow; readonly verdict: RateVerdict } {
  const current = window && isOpen(window, now) ? window : { startedAt: now, count: 0 }
  const allowed = current.count < limit
  const next = allowed ? { startedAt: current.startedAt, count: current.count + 1 } : current
  return { window: next, verdict: verdictOf(next, allowed, limit, now) }
}

/** Tells what `countRequest` would decide, without counting. */
function peekRequest(window: RateWindow | undefined, limit: number, now: number): RateVerdict {
  const current = window && isOpen(window, now) ? window : { startedAt: now, count: 0 }
  return verdictOf(current, current.count < limit, limit, now)
}

/** A clock that was set back closes the window as well: nobody waits for longer than a minute. */
function isOpen(window: RateWindow, now: number): boolean {
  return now >= window.startedAt && now < window.startedAt + MINUTE_MS
}

function verdictOf(window: RateWindow, allowed: boolean, limit: number, now: number): RateVerdict {
  const resetSeconds = Math.max(1, Math.ceil((window.startedAt + MINUTE_MS - now) / SECOND_MS))
  return {
    allowed,
    limit,
    remaining: Math.max(0, limit - window.count),
    resetSeconds,
    retryAfterSeconds: allowed ? undefined : resetSeconds,
  }
}

/** Counts requests by key in this process. */
export class RateLimiter {
  readonly #limit: number
  readonly #clock: Clock
  readonly #maxKeys: number
  /** In the order in which the windows began, hence the first are the first to end. */
  readonly #windows = new Map<string, RateWindow>()

  /** @param limit requests a minute for each key */
  constructor(limit: number, clock: Clock, maxKeys: number = MAX_KEYS) {
    this.#limit = limit
    this.#clock = clock
    this.#maxKeys = maxKeys
  }

  /** Counts a request of `key` and tells whether it may pass. */
  take(key: string): RateVerdict {
    const now = this.#clock.now()
    const before = this.#windows.get(key)
    const { window, verdict } = countRequest(before, this.#limit, now)
    if (before?.startedAt !== window.startedAt) {
      this.#windows.delete(key)
      this.#makeRoom(now)
    }
    this.#windows.set(key, window)
    return verdict
  }

  /** Tells whether a request of `key` could pass now, for limits that count only failures. */
  peek(key: string): RateVerdict {
    return peekRequest(this.#windows.get(key), this.#limit, this.#clock.now())
  }

  /** Drops closed windows, and the oldest open one when all places are taken. */
  #makeRoom(now: number): void {
    for (const [key, window] of this.#windows) {
      if (isOpen(window, now) && this.#windows.size < this.#maxKeys) return
      this.#windows.delete(key)
    }
  }
}
