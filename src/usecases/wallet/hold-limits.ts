import { DAY_MS } from '../../core/lib/clock.ts'

/** Open holds of one customer. Work that is under way at once is far below; more means that somebody forgets them. */
export const OPEN_HOLDS_MAX = 100

/** When customers are merged, each brings up to the maximum, any number of times: read all there can be in earnest. */
export const OPEN_HOLDS_READ_MAX = 100_000

/** A hold lives this long at most, with all its extensions: units must not be out of reach because of a forgotten job. */
export const HOLD_LIFE_MAX_MS = 30 * DAY_MS
