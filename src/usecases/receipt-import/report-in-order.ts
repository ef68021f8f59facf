import type { RowOutcome } from '../../core/receipt-import/report-line.ts'

/** Outcomes that wait for an earlier one, at most: one row that waits for its store must not let the rest pile up. */
const WAITING_MAX = 1_000

export type OrderedReport = {
  /** The next place in the order. Call what it answers with the outcome; with null, the report ends before it. */
  reserve(): (outcome: RowOutcome | null) => void
  /** Waits while too many outcomes wait for an earlier one. Throws what the report threw. */
  room(): Promise<void>
  /** Waits until all is reported that can be. Throws what the report threw. */
  flushed(): Promise<void>
}

/** Reports outcomes in the order of their places, in whatever order they come. */
export function reportInOrder(report: (outcomes: readonly RowOutcome[]) => Promise<void>): OrderedReport {
  const settled = new Map<number, RowOutcome>()
  let reserved = 0
  let next = 0
  let writing: Promise<void> | null = null
  let failure: { error: unknown } | null = null
  let isCut = false
  let onProgress = Promise.withResolvers<void>()

  const writeAll = async () => {
    for (let batch = takeReady(); batch.length > 0; batch = takeReady()) await report(batch)
  }
  const takeReady = () => {
    const batch: RowOutcome[] = []
    for (let outcome = settled.get(next); outcome !== undefined; outcome = settled.get(next)) {
      settled.delete(next)
      next += 1
      batch.push(outcome)
    }
    return batch
  }
  const write = () => {
    writing ??= writeAll()
      .catch((error: unknown) => {
        failure ??= { error }
      })
      .finally(() => {
        writing = null
        tellProgress()
        if (failure === null && settled.has(next)) write()
      })
  }
  const tellProgress = () => {
    onProgress.resolve()
    onProgress = Promise.withResolvers()
  }
  const rethrow = () => {
    if (failure !== null) throw failure.error
  }
  return {
    reserve() {
      const place = reserved
      reserved += 1
      return (outcome) => {
        if (outcome === null) {
          isCut = true
          tellProgress()
          return
        }
        settled.set(place, outcome)
        if (failure === null) write()
      }
    },
    async room() {
      while (failure === null && !isCut && reserved - next > WAITING_MAX) await onProgress.promise
      rethrow()
    },
    async flushed() {
      while (writing !== null) await writing
      rethrow()
    },
  }
}
