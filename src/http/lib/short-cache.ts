import type { Clock } from '../../core/lib/clock.ts'

/**
 * Keeps what was found for a short time, in a bounded number of places. What was not found is asked for every time, so
 * that a thing is usable as soon as it exists; what is gone may be answered until its time is over.
 */
export class ShortCache<Value> {
  readonly #clock: Clock
  readonly #lifeMs: number
  readonly #maxEntries: number
  /** In the order in which the entries were put, hence the first are the oldest. */
  readonly #entries = new Map<string, { value: Value; putAt: number }>()

  constructor(clock: Clock, { lifeMs, maxEntries }: { lifeMs: number; maxEntries: number }) {
    this.#clock = clock
    this.#lifeMs = lifeMs
    this.#maxEntries = maxEntries
  }

  /** The kept value, at once; null when there is none. */
  peek(key: string): Value | null {
    const kept = this.#entries.get(key)
    return kept !== undefined && this.#isFresh(kept.putAt) ? kept.value : null
  }

  /** The kept value, or what `load` finds. */
  async get(key: string, load: () => Promise<Value | null>): Promise<Value | null> {
    const kept = this.peek(key)
    if (kept !== null) return kept
    const value = await load()
    this.#entries.delete(key)
    if (value !== null) this.#put(key, value)
    return value
  }

  #put(key: string, value: Value): void {
    const oldest = this.#entries.keys().next()
    if (this.#entries.size >= this.#maxEntries && !oldest.done) this.#entries.delete(oldest.value)
    this.#entries.set(key, { value, putAt: this.#clock.now() })
  }

  /** A clock that was set back ends the entry as well. */
  #isFresh(putAt: number): boolean {
    const age = this.#clock.now() - putAt
    return age >= 0 && age < this.#lifeMs
  }
}
