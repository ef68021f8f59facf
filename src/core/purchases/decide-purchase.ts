import type { Catalog } from '../catalog/catalog.ts'
import type { DomainEvent } from '../events/event.ts'
import { changeEvents } from './change-events.ts'
import { type RefundOrder, refundEvent, refundNews, refundOrders } from './decide-refund.ts'
import { dueAtOf } from './due-at.ts'
import { expirationEvent, isToldElsewhere } from './expiration.ts'
import { type GrantOrder, grantsOf } from './grants-of.ts'
import { chargesOf, mergeSnapshot } from './merge-snapshot.ts'
import { accessEndsAt, type Purchase, type PurchaseTransaction } from './purchase.ts'
import { chargeEvent, purchaseEvent } from './purchase-event.ts'
import type { PurchaseSnapshot } from './snapshot.ts'

export type PurchaseDecision = {
  purchase: Purchase
  newTransactions: PurchaseTransaction[]
  /** Charges that are stored and of which the store says something else: a refund, another end. */
  changedTransactions: PurchaseTransaction[]
  events: DomainEvent[]
  grants: GrantOrder[]
  /** Carried out after the grants, so that a charge that comes refunded is granted and taken back. */
  refunds: RefundOrder[]
}

export type PurchaseInput = {
  /** What is stored; null at the first sight of the chain. */
  current: Purchase | null
  /** Its charges, oldest first. */
  stored: readonly PurchaseTransaction[]
  snapshot: PurchaseSnapshot
  catalog: Catalog
  purchaseId: string
  presentedOffering: string | null
}

/**
 * Compares what is stored with what the store says, and tells what follows: new charges, events and units. Only the
 * difference counts, so notices may come late, twice or in another order; what the store said before what is stored, or
 * with fewer charges, changes nothing. Everything is decided as of the instant of the snapshot, never by the time at
 * which it happens to be read. At the first sight of a chain that is already old only its latest charge is told and
 * granted; the earlier ones are history. RevenueCat webhooks, sequences of events.
 */
export function decidePurchase(input: PurchaseInput): PurchaseDecision {
  const { current, snapshot, stored } = input
  if (current !== null && isOldStory(current, snapshot)) return unchanged(current)
  const charges = chargesOf(snapshot, stored)
  const fresh = charges.slice(current?.renewalNumber ?? 0)
  const told = current === null ? fresh.slice(-1) : fresh
  const news = refundNews(stored, charges)
  const next = mergeSnapshot(current, snapshot, input)
  const events = [
    ...endBefore(current, fresh[0] ?? null),
    ...told.flatMap((charge) => chargeEvents(input, next, charge, charges)),
    ...news.flatMap((item) => refundEvent(item, next) ?? []),
    ...(current === null ? [] : changeEvents({ current, next, isNewCharge: fresh.length > 0 })),
  ]
  const standing = { ...next, expirationSeenAt: endTold(current, next, fresh.length > 0) }
  const expired = expirationEvent(standing, snapshot.asOf)
  if (expired !== null && !isToldElsewhere(standing)) events.push(expired)
  const purchase = {
    ...standing,
    expirationSeenAt: expired === null ? standing.expirationSeenAt : accessEndsAt(standing),
  }
  return {
    purchase: { ...purchase, dueAt: dueAtOf(purchase, snapshot.nextCheckAt) },
    newTransactions: fresh,
    changedTransactions: charges.slice(0, stored.length).filter((charge, index) => isChanged(stored[index], charge)),
    events,
    grants: told.flatMap((charge) => grantsOf(input.catalog, next, charge)),
    refunds: news.flatMap((item) => refundOrders(item, next.type)),
  }
}

function unchanged(purchase: Purchase): PurchaseDecision {
  return { purchase, newTransactions: [], changedTransactions: [], events: [], grants: [], refunds: [] }
}

function isChanged(stored: PurchaseTransaction | undefined, said: PurchaseTransaction): boolean {
  return stored?.expiresAt !== said.expiresAt || JSON.stringify(stored.refund) !== JSON.stringify(said.refund)
}

function isOldStory(current: Purchase, { asOf, transactions }: PurchaseSnapshot): boolean {
  return asOf <= current.asOf || transactions.length < current.renewalNumber
}

/** An end before the chain went on with a further charge: nobody may have looked in between. */
function endBefore(current: Purchase | null, fresh: PurchaseTransaction | null): DomainEvent[] {
  const ended = current !== null && fresh !== null ? expirationEvent(current, fresh.purchasedAt - 1) : null
  return ended === null ? [] : [ended]
}

/** A change at once is told of the product that goes; one that was planned was told then. */
function chargeEvents(
  { current }: PurchaseInput,
  next: Purchase,
  charge: PurchaseTransaction,
  charges: readonly PurchaseTransaction[],
): DomainEvent[] {
  const before = charges[charge.number - 2] ?? null
  const event = chargeEvent(next, charge, before)
  if (current === null || before === null || before.productId === charge.productId) return [event]
  if (current.pendingProductId === charge.productId) return [event]
  const { productId, periodType, purchasedAt, expiresAt, number: renewalNumber } = before
  const gone = { productId, periodType, purchasedAt, expiresAt, renewalNumber, newProductId: charge.productId }
  const told = { ...gone, transactionId: before.storeTransactionId }
  return [purchaseEvent('PRODUCT_CHANGE', next, charge.storeTransactionId, told), event]
}

/** The end that was told, if it still is one: a further charge, or an end that moved on, opens access again. */
function endTold(before: Purchase | null, next: Purchase, isNewCharge: boolean): number | null {
  if (before === null || isNewCharge || before.expirationSeenAt === null) return null
  const endsAt = accessEndsAt(next)
  return endsAt === null || endsAt > next.asOf ? null : endsAt
}
