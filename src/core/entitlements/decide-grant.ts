import { HOUR_MS } from '../lib/clock.ts'
import { ok, type Result, refuse } from '../lib/result.ts'
import {
  type EntitlementGrant,
  GRANT_DURATIONS,
  type GrantDuration,
  grantEndsAt,
  grantGivesAccess,
  productKeyOfGrant,
  shownGrants,
} from './grant.ts'

/** How long access is wanted. An end that is named wins over a duration; `startsAt` only moves the end of a duration. */
export type GrantTerms = { endsAt: number | null; duration: GrantDuration | null; startsAt: number | null }

export type GrantRefusal =
  /** Neither an end nor a duration. */
  | { code: 'grant_without_end' }
  | { code: 'grant_ends_in_past' }
  | { code: 'grant_ends_too_late'; latestAt: number }
  | { code: 'too_many_grants'; maximum: number }

export type GrantDecision =
  /** A grant that runs already ends at about that time: whoever asks again gets no more. */
  | { kind: 'duplicate' }
  | {
      kind: 'new'
      duration: GrantDuration | 'custom'
      expiresAt: number
      /** Grants that are over and no longer shown, because a later one appears as the same product. */
      forgotten: EntitlementGrant[]
    }

/** Ends that are so close to each other are one wish. REST API v1, grants: two hours. */
const DUPLICATE_WITHIN_MS = 2 * HOUR_MS

/** The last instant that every SDK can read: dates have four digits for the year. */
export const GRANT_END_MAX = Date.UTC(9999, 11, 31, 23, 59, 59)

/** Grants of one customer that run at once. They are part of the hottest read, and no honest team needs more. */
export const RUNNING_GRANTS_MAX = 100

/** Decides about a new grant, given all that the customer has. Access begins now, whatever the terms say. */
export function decideGrant(
  lookupKey: string,
  terms: GrantTerms,
  grants: readonly EntitlementGrant[],
  now: number,
): Result<GrantDecision, GrantRefusal> {
  const end = endOf(terms, now)
  if (end === null) return refuse({ code: 'grant_without_end' })
  const { duration, expiresAt } = end
  if (expiresAt <= now) return refuse({ code: 'grant_ends_in_past' })
  if (expiresAt > GRANT_END_MAX) return refuse({ code: 'grant_ends_too_late', latestAt: GRANT_END_MAX })
  const running = grants.filter((grant) => grantGivesAccess(grant, now))
  if (running.some((grant) => isAsLong(grant, lookupKey, expiresAt))) return ok({ kind: 'duplicate' })
  if (running.length >= RUNNING_GRANTS_MAX) return refuse({ code: 'too_many_grants', maximum: RUNNING_GRANTS_MAX })
  return ok({ kind: 'new', duration, expiresAt, forgotten: forgottenBy({ lookupKey, duration }, grants, now) })
}

function endOf({ endsAt, duration, startsAt }: GrantTerms, now: number) {
  if (endsAt !== null) return { duration: 'custom' as const, expiresAt: endsAt }
  return duration === null ? null : { duration, expiresAt: (startsAt ?? now) + GRANT_DURATIONS[duration] }
}

function isAsLong(grant: EntitlementGrant, lookupKey: string, expiresAt: number): boolean {
  return grant.lookupKey === lookupKey && Math.abs(grantEndsAt(grant) - expiresAt) <= DUPLICATE_WITHIN_MS
}

/** What is over is kept for as long as it is what the product shows, so that a customer's grants stay few. */
function forgottenBy(
  added: Pick<EntitlementGrant, 'lookupKey' | 'duration'>,
  grants: readonly EntitlementGrant[],
  now: number,
): EntitlementGrant[] {
  const shown = new Set(shownGrants(grants))
  const isOver = (grant: EntitlementGrant) => !grantGivesAccess(grant, now) && grant.dueAt === null
  const isReplaced = (grant: EntitlementGrant) => productKeyOfGrant(grant) === productKeyOfGrant(added)
  return grants.filter((grant) => isOver(grant) && (isReplaced(grant) || !shown.has(grant)))
}
