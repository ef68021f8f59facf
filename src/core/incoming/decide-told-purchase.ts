import type { Catalog } from '../catalog/catalog.ts'
import type { DomainEvent, EventType } from '../events/event.ts'
import { decidePurchase } from '../purchases/decide-purchase.ts'
import type { RefundOrder } from '../purchases/decide-refund.ts'
import { type GrantOrder, grantsOf } from '../purchases/grants-of.ts'
import { chargesOf } from '../purchases/merge-snapshot.ts'
import type { Purchase, PurchaseTransaction } from '../purchases/purchase.ts'
import { chargeEvent } from '../purchases/purchase-event.ts'
import { type PurchaseSnapshot, refundedAtOf } from '../purchases/snapshot.ts'

import type { ChainKey } from './envelope.ts'
import type { ToldChain, ToldCharge } from './fold-chain.ts'
import { type ChargeProducts, snapshotOfTold } from './told-snapshot.ts'

export type ToldInput = {
  key: ChainKey
  /** What the events led to that were applied before; null when none was. */
  before: ToldChain | null
  /** What they lead to with those that are new. */
  after: ToldChain
  products: ChargeProducts
  catalog: Catalog
  current: Purchase | null
  stored: readonly PurchaseTransaction[]
  purchaseId: string
  now: number
}

/** Units of one charge, and the app user id that its event names. */
export type ToldGrant = { storeTransactionId: string; paidBy: string; isStored: boolean; orders: GrantOrder[] }

export type ToldDecision = {
  purchase: Purchase
  /** All charges of the chain, numbered by the time of purchase. */
  charges: PurchaseTransaction[]
  events: DomainEvent[]
  grants: ToldGrant[]
  /** Carried out after the grants. */
  refunds: RefundOrder[]
}

const WHOLE = { part: 1, whole: 1 }
const CHARGE_EVENTS: ReadonlySet<EventType> = new Set(['INITIAL_PURCHASE', 'RENEWAL', 'NON_RENEWING_PURCHASE'])

/**
 * Tells what follows when events of a chain become known. The purchase is decided as for every other store; units are
 * decided charge by charge, from the difference between what the applied events and what all events say. So each charge
 * gives its units once and each refund takes them once, in whatever order and in however many steps the events come.
 */
export function decideToldPurchase(input: ToldInput): ToldDecision {
  const { before, after, catalog, stored } = input
  // Nobody's clock is behind RevenueCat's word that access has ended.
  const now = Math.max(input.now, after.endToldAt ?? 0)
  const snapshot = { ...snapshotOfTold({ ...input, now, chain: after }), asOf: now }
  const current = currentAt(input, snapshot, now)
  const known = storedAt(snapshot, stored)
  const { purchaseId } = input
  const decision = decidePurchase({ current, stored: known, snapshot, catalog, purchaseId, presentedOffering: null })
  const purchase = { ...decision.purchase, ...lastingFacts(input, snapshot) }
  const charges = chargesOf(snapshot, known)
  const news = after.charges.filter((charge) => charge.paidBy !== null && chargeIn(before, charge)?.paidBy == null)
  const isStored = new Set(stored.map((charge) => charge.storeTransactionId))
  return {
    purchase,
    charges,
    events: [
      ...charges
        .filter(({ storeTransactionId }) => !isStored.has(storeTransactionId))
        .map((charge) => chargeEvent(purchase, charge, charges[charge.number - 2] ?? null)),
      ...decision.events.filter(({ type }) => !CHARGE_EVENTS.has(type)),
    ],
    grants: news.flatMap((charge) => grantOf(charge, charges, { catalog, purchase, isStored })),
    refunds: after.charges.flatMap((charge) => refundOf(chargeIn(before, charge), charge, purchase) ?? []),
  }
}

/** The units are those of the period that was paid, however early access ended or however long it was extended. */
function grantOf(
  told: ToldCharge,
  charges: readonly PurchaseTransaction[],
  facts: { catalog: Catalog; purchase: Purchase; isStored: ReadonlySet<string> },
): ToldGrant[] {
  const { storeTransactionId, paidBy, paidUntil } = told
  const charge = charges.find((one) => one.storeTransactionId === storeTransactionId)
  if (charge === undefined || paidBy === null) return []
  const orders = grantsOf(facts.catalog, facts.purchase, { ...charge, expiresAt: paidUntil })
  return orders.length === 0
    ? []
    : [{ storeTransactionId, paidBy, isStored: facts.isStored.has(storeTransactionId), orders }]
}

/** The stored purchase, counted as if the charges that were learnt of late had always been there. */
function currentAt({ current }: ToldInput, snapshot: PurchaseSnapshot, now: number): Purchase | null {
  if (current === null) return null
  const index = snapshot.transactions.findIndex((charge) => charge.storeTransactionId === current.storeTransactionId)
  const isNewCharge = index + 1 < snapshot.transactions.length
  const expirationSeenAt = isNewCharge || isOver(snapshot, now) ? current.expirationSeenAt : null
  // All events of the chain are read each time, so what they say together is always the newest word.
  return { ...current, renewalNumber: index + 1, expirationSeenAt, asOf: Math.min(current.asOf, now - 1) }
}

/** The stored charges in the places that they have now; one that is new has none of its own facts yet. */
function storedAt(snapshot: PurchaseSnapshot, stored: readonly PurchaseTransaction[]): PurchaseTransaction[] {
  const known = new Map(stored.map((charge) => [charge.storeTransactionId, charge]))
  return chargesOf(snapshot, []).map((charge) => known.get(charge.storeTransactionId) ?? { ...charge, refund: null })
}

/** Whether access has ended for good, and not been given again by a word that was told after its end. */
function isOver(snapshot: PurchaseSnapshot, now: number): boolean {
  const refundedAt = refundedAtOf(snapshot)
  if (refundedAt !== null) return refundedAt <= now
  const expiresAt = snapshot.transactions.at(-1)?.expiresAt ?? null
  return !snapshot.autoRenews && expiresAt !== null && Math.max(expiresAt, snapshot.graceExpiresAt ?? 0) <= now
}

/** Facts that the first events of a chain settle, and so are not settled by the first that happen to arrive. */
function lastingFacts({ after, current }: ToldInput, snapshot: PurchaseSnapshot) {
  const first = snapshot.transactions[0]?.purchasedAt ?? 0
  return {
    originalPurchasedAt: Math.min(current?.originalPurchasedAt ?? first, first),
    presentedOffering: after.presentedOffering ?? current?.presentedOffering ?? null,
    ownership: after.isFamilyShared ? ('FAMILY_SHARED' as const) : ('PURCHASED' as const),
  }
}

function refundOf(before: ToldCharge | null, after: ToldCharge, purchase: Purchase): RefundOrder | null {
  const wasRefunded = before !== null && before.refundedAt !== null
  const isRefunded = after.refundedAt !== null
  // Its units are given only now, so what was told of its refund earlier has taken nothing yet.
  const isNews = after.paidBy !== null && before?.paidBy == null
  if (wasRefunded === isRefunded && !(isNews && isRefunded)) return null
  const { storeTransactionId } = after
  return isRefunded
    ? { kind: 'take_back', storeTransactionId, share: shareOf(after, purchase) }
    : { kind: 'give_back', storeTransactionId, share: WHOLE }
}

/** All that a one-time purchase granted goes; of a subscription, the part of its price. RevenueCat, currency refunds. */
function shareOf({ price, refundedMicros }: ToldCharge, purchase: Purchase): RefundOrder['share'] {
  const isKnown = purchase.type === 'subscription' && price !== null && price.amountMicros > 0
  if (!isKnown || refundedMicros === null || refundedMicros >= price.amountMicros) return WHOLE
  return { part: refundedMicros, whole: price.amountMicros }
}

function chargeIn(chain: ToldChain | null, { storeTransactionId }: { storeTransactionId: string }): ToldCharge | null {
  return chain?.charges.find((charge) => charge.storeTransactionId === storeTransactionId) ?? null
}
