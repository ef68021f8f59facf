import { DAY_MS } from '../../core/lib/clock.ts'

const TOKEN = /^test_([0-9]{1,15})_[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$/

/** A device that was offline posts later; one that waited longer than this is posting something else. */
const AGE_MAX_MS = 30 * DAY_MS
/** How far a tester's clock may run ahead. */
const AHEAD_MAX_MS = DAY_MS

/**
 * The token that every SDK makes for a Test Store purchase: `test_`, the device's time in milliseconds, a UUID.
 * Null when the text has another form.
 */
export function parseTestToken(fetchToken: string): { purchasedAt: number } | null {
  const match = TOKEN.exec(fetchToken)
  return match === null ? null : { purchasedAt: Number(match[1]) }
}

/** Whether a token's time is near enough to now to be a purchase of this moment. */
export function isPlausibleTime(purchasedAt: number, now: number): boolean {
  return purchasedAt > now - AGE_MAX_MS && purchasedAt < now + AHEAD_MAX_MS
}
