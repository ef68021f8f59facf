import { DAY_MS } from '../lib/clock.ts'

/** How long the words of REST API v1 last. `lifetime` is a date like any other: 200 years of 365 days. */
export const GRANT_DURATIONS = {
  daily: DAY_MS,
  three_day: 3 * DAY_MS,
  weekly: 7 * DAY_MS,
  two_week: 14 * DAY_MS,
  monthly: 31 * DAY_MS,
  two_month: 61 * DAY_MS,
  three_month: 92 * DAY_MS,
  six_month: 183 * DAY_MS,
  yearly: 365 * DAY_MS,
  lifetime: 73_000 * DAY_MS,
} as const

export type GrantDuration = keyof typeof GRANT_DURATIONS

/** Access to an entitlement that the team gave by hand, beside and independent of everything that was bought. */
export type EntitlementGrant = {
  grantId: string
  /** The entitlement. */
  lookupKey: string
  /** `custom` when its end was named. */
  duration: GrantDuration | 'custom'
  /** The secret key or the operator that gave it. */
  grantedBy: string
  /** What stands where purchases have the store's identifier of a charge. */
  storeTransactionId: string
  grantedAt: number
  expiresAt: number
  /** When it was taken back; null for most. */
  revokedAt: number | null
  /** When the end of access has to be told; null when it was. */
  dueAt: number | null
}

/** End of access. */
export function grantEndsAt({ expiresAt, revokedAt }: EntitlementGrant): number {
  return revokedAt ?? expiresAt
}

export function grantGivesAccess(grant: EntitlementGrant, now: number): boolean {
  return grantEndsAt(grant) > now
}

/** The product that a grant appears as. The entitlement is copied as it is, spaces and case kept. REST API v1, grants. */
export function productKeyOfGrant({ lookupKey, duration }: Pick<EntitlementGrant, 'lookupKey' | 'duration'>): string {
  return `rc_promo_${lookupKey}_${duration}`
}

/** Of the grants that appear as one product, the one whose access ends last; of equal ends the later one. */
export function shownGrants(grants: readonly EntitlementGrant[]): EntitlementGrant[] {
  const shown = new Map<string, EntitlementGrant>()
  for (const grant of grants) {
    const key = productKeyOfGrant(grant)
    const best = shown.get(key)
    if (best === undefined || outlasts(grant, best)) shown.set(key, grant)
  }
  return [...shown.values()]
}

function outlasts(one: EntitlementGrant, other: EntitlementGrant): boolean {
  return grantEndsAt(one) === grantEndsAt(other)
    ? one.grantedAt > other.grantedAt
    : grantEndsAt(one) > grantEndsAt(other)
}
