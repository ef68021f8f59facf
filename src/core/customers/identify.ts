import { isAnonymousId } from './app-user-id.ts'

/** What is known of one of the two ids when an app logs in. */
export type KnownId = {
  appUserId: string
  exists: boolean
  customerHasAnonymousAlias: boolean
  /** Whether somebody has logged in to the customer. */
  customerHasIdentifiedAlias: boolean
}

/**
 * What a log-in does.
 * - `attach`: both ids become names of one customer (whichever of them exists; created when none does).
 * - `merge`: both exist as different customers and become one.
 * - `switch`: the app goes on as the new id; nothing moves. The new id is created when it is unknown.
 */
export type IdentifyPlan = 'attach' | 'merge' | 'switch'

/**
 * The documented log-in table of REST API v1: only an anonymous id is ever joined to an identified one,
 * and only if that customer has no anonymous id yet. Two identified customers are never joined, so
 * nobody can take over an account by logging in to it.
 */
export function planIdentify(current: KnownId, next: KnownId): IdentifyPlan {
  if (current.appUserId === next.appUserId) return 'switch'
  if (!isAnonymousId(current.appUserId) || isAnonymousId(next.appUserId)) return 'switch'
  if (!next.exists) return 'attach'
  if (next.customerHasAnonymousAlias) return 'switch'
  if (current.customerHasIdentifiedAlias) return 'switch'
  return current.exists ? 'merge' : 'attach'
}

/**
 * What aliasing does. Two identified customers are refused, and so is one more anonymous id for an identified customer
 * that has one already: as with a log-in, a public key must not be enough to get at somebody's purchases.
 */
export function planAlias(one: KnownId, other: KnownId): 'attach' | 'merge' | 'refuse' {
  const isOneAnonymous = isAnonymousId(one.appUserId)
  const isOtherAnonymous = isAnonymousId(other.appUserId)
  if (!isOneAnonymous && !isOtherAnonymous) return 'refuse'
  if (isTaken(one, isOneAnonymous) || isTaken(other, isOtherAnonymous)) return 'refuse'
  return one.exists && other.exists ? 'merge' : 'attach'
}

function isTaken(id: KnownId, isAnonymous: boolean): boolean {
  return !isAnonymous && id.exists && id.customerHasAnonymousAlias
}
