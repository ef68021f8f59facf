/** Work under way: so much at once, and never two that have a key in common. */
export type Turns = {
  /** Waits until work with these keys may begin. */
  take(keys: readonly string[]): Promise<void>
  begin(keys: readonly string[], work: () => Promise<void>): void
  /** Waits until nothing is under way. */
  end(): Promise<void>
  hasFailed(): boolean
  /** Throws what the first work threw that did. */
  rethrow(): void
}

export function newTurns(parallel: number): Turns {
  const underWay = new Set<Promise<void>>()
  const busy = new Set<string>()
  let failure: { error: unknown } | null = null
  return {
    async take(keys) {
      while (underWay.size >= parallel || keys.some((key) => busy.has(key))) await Promise.race(underWay)
    },
    begin(keys, work) {
      for (const key of keys) busy.add(key)
      const turn = work()
        .catch((error: unknown) => {
          failure ??= { error }
        })
        .finally(() => {
          underWay.delete(turn)
          for (const key of keys) busy.delete(key)
        })
      underWay.add(turn)
    },
    async end() {
      await Promise.all(underWay)
    },
    hasFailed: () => failure !== null,
    rethrow() {
      if (failure !== null) throw failure.error
    },
  }
}
