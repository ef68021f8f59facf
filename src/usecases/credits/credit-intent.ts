import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../core/lib/clock.ts'
import type { CreditIntent, IntentKey } from '../ports/credit-intents.ts'
import type { UpstreamFault } from '../ports/credits-upstream.ts'

/**
 * How long an attempt keeps others away. Longer than an attempt can take, so that a second one begins only when the first
 * has crashed; and should it not have, both have the same key.
 */
const LEASE_MS = 30 * SECOND_MS

/**
 * How long the upstream is trusted to know a key. It does not say; half a day is less than is usual. A change that may have
 * been done is never sent again after it.
 */
const KEY_TRUSTED_MS = 12 * HOUR_MS

/** The first and the longest pause of the job before it tries again. */
const PAUSE_MIN_MS = SECOND_MS
const PAUSE_MAX_MS = 5 * MINUTE_MS
/** Doublings after which the longest pause is reached in any case. */
const DOUBLINGS_MAX = 10

/** Which change an operator asks for. */
export type IntentOrder = Pick<
  CreditIntent,
  'projectId' | 'userId' | 'currency' | 'amount' | 'reason' | 'actor' | 'requestId' | 'reversesIntentId'
> & {
  /** What is done at most once; null when the caller gave no key. */
  key: IntentKey | null
}

/** An intent as it is first written down: somebody is at it. */
export function newIntent(
  order: IntentOrder,
  world: { intentId: string; upstreamProjectId: string; now: number },
): CreditIntent {
  const { key, ...facts } = order
  const leasedUntilAt = world.now + LEASE_MS
  return {
    ...facts,
    intentId: world.intentId,
    upstreamProjectId: world.upstreamProjectId,
    idempotencyKey: key?.key ?? null,
    status: 'pending',
    attempts: 1,
    isUncertain: false,
    lastError: null,
    balanceAfter: null,
    leasedUntilAt,
    dueAt: leasedUntilAt,
    createdAt: world.now,
    settledAt: null,
  }
}

/** Whether somebody is at a pending intent now. */
export function isLeased({ leasedUntilAt }: CreditIntent, now: number): boolean {
  return leasedUntilAt !== null && leasedUntilAt > now
}

/** Whether a pending intent may be sent once more: its key must still be known at the upstream that it was meant for. */
export function mayBeSent(intent: CreditIntent, upstreamProjectId: string, now: number): boolean {
  return intent.upstreamProjectId === upstreamProjectId && now - intent.createdAt < KEY_TRUSTED_MS
}

/** The intent with a new attempt under way. A lease that was left behind is of an attempt that crashed, at any point. */
export function leased(intent: CreditIntent, now: number): CreditIntent {
  const leasedUntilAt = now + LEASE_MS
  const isUncertain = intent.isUncertain || intent.leasedUntilAt !== null
  return { ...intent, attempts: intent.attempts + 1, isUncertain, leasedUntilAt, dueAt: leasedUntilAt }
}

/** The upstream has done it. */
export function applied(intent: CreditIntent, balanceAfter: number, now: number): CreditIntent {
  return {
    ...intent,
    status: 'applied',
    balanceAfter,
    lastError: null,
    leasedUntilAt: null,
    dueAt: null,
    settledAt: now,
  }
}

/**
 * The attempt brought no success. It has failed when that is certain: the upstream refused this key, or no attempt can
 * have got through. Otherwise it stays pending, and is due again later.
 */
export function faulted(intent: CreditIntent, fault: UpstreamFault, now: number): CreditIntent {
  const isUncertain = intent.isUncertain || fault.isUncertain
  const free = { ...intent, lastError: fault.type, leasedUntilAt: null }
  if (fault.isConclusive || !isUncertain) return { ...free, status: 'failed', dueAt: null, settledAt: now }
  const pauseMs = Math.min(PAUSE_MAX_MS, PAUSE_MIN_MS * 2 ** Math.min(intent.attempts, DOUBLINGS_MAX))
  return { ...free, isUncertain, dueAt: now + pauseMs }
}

/** Left to people: whether it was done cannot be found out by asking again. */
export function abandoned(intent: CreditIntent): CreditIntent {
  return { ...intent, isUncertain: true, leasedUntilAt: null, dueAt: null }
}

/** Whether an order is the one that an intent was written down for. */
export function isSameOrder(intent: CreditIntent, order: IntentOrder): boolean {
  return (
    intent.userId === order.userId &&
    intent.currency === order.currency &&
    intent.amount === order.amount &&
    intent.reason === order.reason &&
    intent.reversesIntentId === order.reversesIntentId
  )
}
