import type { Clock } from '../core/lib/clock.ts'
import { ID_PREFIXES, type IdKind, type Ids } from '../core/lib/ids.ts'
import { randomPool } from './random-pool.ts'

const RANDOM_BYTES = 8
/** REST API v2 allows 20 characters for the id of a project. There are too few of them for their order to matter. */
const PROJECT: IdKind = 'project'
/** Ids of one millisecond that keep their order; beyond that they are still unique, only unordered. */
const COUNTER_MAX = 0xfff

/**
 * Time-ordered identifiers: prefix, 48 bits of milliseconds, 12 bits that count within one, 64 random bits; all in hex.
 * Unique over processes by the random part, and near each other in an index by the first.
 */
export function newIds(clock: Clock): Ids {
  const nextRandom = randomPool()
  let lastAt = 0
  let counter = 0
  return {
    next(kind: IdKind): string {
      const random = nextRandom(RANDOM_BYTES).toString('hex')
      if (kind === PROJECT) return `${ID_PREFIXES[kind]}${random}`
      const now = clock.now()
      counter = now === lastAt ? (counter + 1) & COUNTER_MAX : 0
      lastAt = now
      const time = now.toString(16).padStart(12, '0')
      const order = counter.toString(16).padStart(3, '0')
      return `${ID_PREFIXES[kind]}${time}${order}${random}`
    },
  }
}
