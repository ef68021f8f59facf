import { type Catalog, grantsOfProduct } from '../catalog/catalog.ts'
import type { DomainEvent } from '../events/event.ts'
import { assert } from '../lib/assert.ts'
import { decideRefund, opensAgain, type RefundOrder } from './decide-refund.ts'
import { accessEndsAt, type Purchase, type PurchaseTransaction } from './purchase.ts'
import { purchaseEvent } from './purchase-event.ts'
import type { PurchaseSnapshot, SnapshotTransaction } from './snapshot.ts'

/** Units that a charge gives. The store transaction makes the grant unique. */
export type GrantOrder = {
  currency: string
  amount: number
  productId: string
  storeTransactionId: string
  /** When what is left of them lapses; null never. */
  expiresAt: number | null
}

export type PurchaseDecision = {
  purchase: Purchase
  newTransactions: PurchaseTransaction[]
  events: DomainEvent[]
  grants: GrantOrder[]
  /** Carried out after the grants, so that a charge that comes refunded is granted and taken back. */
  refund: RefundOrder | null
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
    return { purchase: current, newTransactions: [], events: [], grants: [], refund: null }
  }
  const fresh = snapshot.transactions.slice(known)
  const purchase = mergeSnapshot(input)
  const newTransactions = fresh.map((transaction, index) => ({ ...transaction, number: known + index + 1 }))
  const told = current === null ? newTransactions.slice(-1) : newTransactions
  const refund = decideRefund(current, snapshot, purchase)
  const events = [
    ...told.map((transaction) => chargeEvent(input, purchase, transaction)),
    ...stateEvents(current, purchase, refund),
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
    grants: told.flatMap((transaction) => grantsOf(input.catalog, purchase, transaction)),
    refund,
  }
}

function mergeSnapshot(input: PurchaseInput): Purchase {
  const { current, snapshot, purchaseId, presentedOffering } = input
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
    // Access was taken away with the money. What a store charges after that is a purchase that it tells of.
    autoRenews: snapshot.autoRenews && snapshot.refundedAt === null,
    unsubscribeDetectedAt: snapshot.unsubscribeDetectedAt,
    billingIssueDetectedAt: snapshot.billingIssueDetectedAt,
    graceExpiresAt: snapshot.graceExpiresAt,
    refundedAt: snapshot.refundedAt,
    renewalNumber: snapshot.transactions.length,
    expirationSeenAt:
      isNewPeriod || opensAgain(current, snapshot, input.now) ? null : (current?.expirationSeenAt ?? null),
    dueAt: null,
  }
}

export function chargeEvent(input: PurchaseInput, purchase: Purchase, transaction: PurchaseTransaction): DomainEvent {
  if (purchase.type !== 'subscription') return purchaseEvent('NON_RENEWING_PURCHASE', purchase, transaction)
  if (transaction.number === 1) return purchaseEvent('INITIAL_PURCHASE', purchase, transaction)
  const before = input.snapshot.transactions[transaction.number - 2]
  const isTrialConversion = before?.periodType === 'trial' && transaction.periodType !== 'trial'
  return purchaseEvent('RENEWAL', purchase, transaction, { isTrialConversion })
}

function stateEvents(current: Purchase | null, next: Purchase, refund: RefundOrder | null): DomainEvent[] {
  if (refund?.kind === 'take_back') return [purchaseEvent('CANCELLATION', next, null, { reason: 'CUSTOMER_SUPPORT' })]
  if (current === null) return []
  const events: DomainEvent[] = []
  if (refund?.kind === 'give_back') events.push(purchaseEvent('REFUND_REVERSED', next, null))
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
  return purchaseEvent('EXPIRATION', purchase, null, { reason: expirationReason(purchase) })
}

function expirationReason(purchase: Purchase): string {
  if (purchase.refundedAt !== null) return 'CUSTOMER_SUPPORT'
  return purchase.unsubscribeDetectedAt === null ? 'UNKNOWN' : 'UNSUBSCRIBE'
}

/** One-time purchases have no end to wait for; a refund is news that the store brings. */
function withDueAt(purchase: Purchase, snapshot: PurchaseSnapshot): Purchase {
  if (purchase.type !== 'subscription' || purchase.expirationSeenAt !== null) return { ...purchase, dueAt: null }
  return { ...purchase, dueAt: snapshot.nextCheckAt ?? accessEndsAt(purchase) }
}

/** Units of a one-time purchase never lapse, whatever its grant says: stores forbid it. */
export function grantsOf(catalog: Catalog, purchase: Purchase, transaction: SnapshotTransaction): GrantOrder[] {
  return grantsOfProduct(catalog, transaction.productId)
    .map(({ currency, grant }) => ({
      currency,
      amount: transaction.periodType === 'trial' ? grant.trialAmount : grant.amount,
      productId: transaction.productId,
      storeTransactionId: transaction.storeTransactionId,
      expiresAt: purchase.type === 'subscription' && grant.expireAtCycleEnd ? transaction.expiresAt : null,
    }))
    .filter(({ amount }) => amount > 0)
}
