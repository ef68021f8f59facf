import { type Catalog, grantsOfProduct } from '../catalog/catalog.ts'
import type { DomainEvent } from '../events/event.ts'
import { assert } from '../lib/assert.ts'
import { accessEndsAt, type Purchase, type PurchaseTransaction } from './purchase.ts'
import { purchaseEvent } from './purchase-event.ts'
import type { PurchaseSnapshot, SnapshotTransaction } from './snapshot.ts'

/** Units that a charge gives. The store transaction makes the grant unique. */
export type GrantOrder = { currency: string; amount: number; productId: string; storeTransactionId: string }

export type PurchaseDecision = {
  purchase: Purchase
  newTransactions: PurchaseTransaction[]
  events: DomainEvent[]
  grants: GrantOrder[]
}

export type PurchaseInput = {
  /** What is stored; null at the first sight of the chain. */
  current: Purchase | null
  snapshot: PurchaseSnapshot
  catalog: Catalog
  now: number
  purchaseId: string
  presentedOffering: string | null
}

/**
 * Compares what is stored with what the store says, and tells what follows: new charges, events and grants.
 * Only the difference counts, so notices may come late, twice or in another order; one that knows fewer charges than
 * are stored is late and changes nothing. At the first sight of a chain that is already old only its latest charge is
 * told and granted; the earlier ones are history.
 */
export function decidePurchase(input: PurchaseInput): PurchaseDecision {
  const { current, snapshot } = input
  const known = current?.renewalNumber ?? 0
  if (current !== null && snapshot.transactions.length < known) {
    return { purchase: current, newTransactions: [], events: [], grants: [] }
  }
  const fresh = snapshot.transactions.slice(known)
  const purchase = mergeSnapshot(input)
  const newTransactions = fresh.map((transaction, index) => ({ ...transaction, number: known + index + 1 }))
  const told = current === null ? newTransactions.slice(-1) : newTransactions
  const events = [
    ...told.map((transaction) => chargeEvent(input, purchase, transaction)),
    ...stateEvents(current, purchase),
  ]
  const expired = expirationEvent(purchase, input.now)
  if (expired !== null) events.push(expired)
  return {
    purchase: withDueAt(
      { ...purchase, expirationSeenAt: expired === null ? purchase.expirationSeenAt : input.now },
      snapshot,
    ),
    newTransactions,
    events,
    grants: told.flatMap((transaction) => grantsOf(input.catalog, transaction)),
  }
}

function mergeSnapshot({ current, snapshot, purchaseId, presentedOffering }: PurchaseInput): Purchase {
  const first = snapshot.transactions[0]
  const latest = snapshot.transactions.at(-1)
  assert(first !== undefined && latest !== undefined, 'a snapshot has at least one transaction')
  const isNewPeriod = snapshot.transactions.length > (current?.renewalNumber ?? 0)
  return {
    purchaseId: current?.purchaseId ?? purchaseId,
    appId: current?.appId ?? snapshot.appId,
    store: snapshot.store,
    environment: snapshot.environment,
    storePurchaseId: snapshot.storePurchaseId,
    type: snapshot.type,
    ownership: current?.ownership ?? 'PURCHASED',
    originalPurchasedAt: current?.originalPurchasedAt ?? first.purchasedAt,
    presentedOffering: current?.presentedOffering ?? presentedOffering,
    productId: latest.productId,
    purchasedAt: latest.purchasedAt,
    expiresAt: latest.expiresAt,
    periodType: latest.periodType,
    storeTransactionId: latest.storeTransactionId,
    price: latest.price,
    autoRenews: snapshot.autoRenews,
    unsubscribeDetectedAt: snapshot.unsubscribeDetectedAt,
    billingIssueDetectedAt: snapshot.billingIssueDetectedAt,
    graceExpiresAt: snapshot.graceExpiresAt,
    refundedAt: snapshot.refundedAt,
    renewalNumber: snapshot.transactions.length,
    expirationSeenAt: isNewPeriod ? null : (current?.expirationSeenAt ?? null),
    dueAt: null,
  }
}

function chargeEvent(input: PurchaseInput, purchase: Purchase, transaction: PurchaseTransaction): DomainEvent {
  if (purchase.type !== 'subscription') return purchaseEvent('NON_RENEWING_PURCHASE', purchase, transaction)
  if (transaction.number === 1) return purchaseEvent('INITIAL_PURCHASE', purchase, transaction)
  const before = input.snapshot.transactions[transaction.number - 2]
  const isTrialConversion = before?.periodType === 'trial' && transaction.periodType !== 'trial'
  return purchaseEvent('RENEWAL', purchase, transaction, { isTrialConversion })
}

function stateEvents(current: Purchase | null, next: Purchase): DomainEvent[] {
  if (current === null) return []
  const events: DomainEvent[] = []
  if (current.unsubscribeDetectedAt === null && next.unsubscribeDetectedAt !== null) {
    events.push(purchaseEvent('CANCELLATION', next, null, { reason: 'UNSUBSCRIBE' }))
  }
  if (current.unsubscribeDetectedAt !== null && next.unsubscribeDetectedAt === null && next.autoRenews) {
    if (next.renewalNumber === current.renewalNumber) events.push(purchaseEvent('UNCANCELLATION', next, null))
  }
  return events
}

function expirationEvent(purchase: Purchase, now: number): DomainEvent | null {
  const endsAt = accessEndsAt(purchase)
  if (purchase.type !== 'subscription' || purchase.expirationSeenAt !== null || purchase.autoRenews) return null
  if (endsAt === null || endsAt > now) return null
  const reason = purchase.unsubscribeDetectedAt === null ? 'UNKNOWN' : 'UNSUBSCRIBE'
  return purchaseEvent('EXPIRATION', purchase, null, { reason })
}

/** One-time purchases have no end to wait for; a refund is news that the store brings. */
function withDueAt(purchase: Purchase, snapshot: PurchaseSnapshot): Purchase {
  if (purchase.type !== 'subscription' || purchase.expirationSeenAt !== null) return { ...purchase, dueAt: null }
  return { ...purchase, dueAt: snapshot.nextCheckAt ?? accessEndsAt(purchase) }
}

function grantsOf(catalog: Catalog, transaction: SnapshotTransaction): GrantOrder[] {
  return grantsOfProduct(catalog, transaction.productId)
    .map(({ currency, grant }) => ({
      currency,
      amount: transaction.periodType === 'trial' ? grant.trialAmount : grant.amount,
      productId: transaction.productId,
      storeTransactionId: transaction.storeTransactionId,
    }))
    .filter(({ amount }) => amount > 0)
}
