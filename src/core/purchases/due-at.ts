import { DAY_MS } from '../lib/clock.ts'
import { accessEndsAt, type Purchase } from './purchase.ts'

/** How often a store is asked about a charge that it is still trying to make, or should have made. */
const CHECK_EVERY_MS = DAY_MS

/**
 * When a chain is looked at again: at the renewal, the end of access, the end of grace, the end of a pause. While the
 * store tries to charge it is asked once a day, for what it tells by itself may be lost. Null when nothing is due:
 * one-time purchases have no end to wait for, and what has ended for good is news that the store brings.
 */
export function dueAtOf(purchase: Purchase, nextCheckAt: number | null): number | null {
  if (purchase.type !== 'subscription' || purchase.superseded !== null) return null
  const isOver = purchase.expirationSeenAt !== null && (!purchase.autoRenews || purchase.revokedAt !== null)
  if (isOver) return null
  if (nextCheckAt !== null) return nextCheckAt
  if (purchase.expirationSeenAt === null) return accessEndsAt(purchase)
  if (purchase.autoResumeAt !== null) return Math.max(purchase.autoResumeAt, purchase.asOf)
  return purchase.expiresAt !== null && purchase.expiresAt > purchase.asOf
    ? purchase.expiresAt
    : purchase.asOf + CHECK_EVERY_MS
}
