import type { Product } from '../../core/catalog/catalog.ts'
import { DAY_MS } from '../../core/lib/clock.ts'
import type { Project } from '../../core/projects/project.ts'
import type { PurchaseSnapshot } from '../../core/purchases/snapshot.ts'
import { withCharge } from './with-charge.ts'

/** Renewals made up for in one step after a long stop; the next step goes on from there. */
const CATCH_UP_MAX = 100

/** How long the Test Store tries to make a charge that failed. As long as the App Store does. */
const BILLING_RETRY_MS = 60 * DAY_MS

/** What the Test Store sells, and at which pace. */
export type Shop = {
  products: ReadonlyMap<string, Product>
  project: Pick<Project, 'testStorePace' | 'testStoreMaxRenewals'>
}

/**
 * What has happened to a subscription of the Test Store until `now`, one word for each thing that did, and one as of now.
 * It charges at each period's end, until the project's limit of renewals, and then counts as cancelled. A planned change
 * of the product comes with the next charge; a pause begins at the period's end, and a charge ends it.
 */
export function advanceSubscription(stored: PurchaseSnapshot, shop: Shop, now: number): PurchaseSnapshot[] {
  const timeline: PurchaseSnapshot[] = []
  let state = stored
  for (let step = 0; step < CATCH_UP_MAX; step++) {
    const next = nextHappening(state, shop, now)
    if (next === null) break
    state = { ...next, nextCheckAt: nextCheckAt(next) }
    timeline.push(state)
  }
  if (timeline.length === 0 || now > state.asOf) {
    timeline.push({ ...state, asOf: Math.max(now, state.asOf), nextCheckAt: nextCheckAt(state) })
  }
  return timeline
}

/** The first thing that happens by itself until `now`, as of when it does; null for nothing. */
function nextHappening(state: PurchaseSnapshot, shop: Shop, now: number): PurchaseSnapshot | null {
  const at = happensAt(state)
  if (at === null || at > now) return null
  const asOf = Math.max(at, state.asOf + 1)
  if (state.billingIssueDetectedAt !== null) return { ...state, asOf, autoRenews: false }
  const product = shop.products.get(state.pendingProductId ?? state.transactions.at(-1)?.productId ?? '')
  const renewalsMax = shop.project.testStoreMaxRenewals ?? Number.POSITIVE_INFINITY
  if (product === undefined || state.transactions.length > renewalsMax) {
    return { ...state, asOf, autoRenews: false, unsubscribeDetectedAt: at, cancelReason: 'UNSUBSCRIBE' }
  }
  return withCharge(state, product, shop.project.testStorePace, at, asOf)
}

/** When the next thing happens by itself: a charge, or the end of the attempts to make one. */
function happensAt(state: PurchaseSnapshot): number | null {
  const endsAt = state.transactions.at(-1)?.expiresAt ?? null
  if (!state.autoRenews || endsAt === null || state.revokedAt !== null) return null
  if (state.billingIssueDetectedAt !== null) return state.billingIssueDetectedAt + BILLING_RETRY_MS
  return Math.max(endsAt, state.autoResumeAt ?? endsAt)
}

/** The end of access is the server's own to see; the store is asked when there is more to learn. */
function nextCheckAt(state: PurchaseSnapshot): number | null {
  return state.billingIssueDetectedAt === null && state.autoResumeAt === null ? happensAt(state) : null
}
