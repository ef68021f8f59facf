import type { PeriodType } from '../purchases/purchase.ts'
import type { PurchaseFact } from './purchase-fact.ts'
import { inToldOrder } from './told-order.ts'

/** One charge as events tell it. */
export type ToldCharge = {
  storeTransactionId: string
  storeProductId: string
  rcAppId: string | null
  periodType: PeriodType
  purchasedAt: number
  expiresAt: number | null
  price: { amountMicros: number; currency: string } | null
  /** Whom the event of the charge itself names: who gets its units. Null as long as only other events mention it. */
  paidBy: string | null
  /** End of the period as that event told it. */
  paidUntil: number | null
  refundedAt: number | null
  /** What was given back, in micros of the charge's currency; null when not told. */
  refundedMicros: number | null
}

/** All that the events of one chain say, together. */
export type ToldChain = {
  /** By the time of purchase; never empty. */
  charges: ToldCharge[]
  renews: boolean
  unsubscribedAt: number | null
  billingIssueAt: number | null
  graceExpiresAt: number | null
  /** When RevenueCat told that access has ended; null while it has not. */
  endToldAt: number | null
  presentedOffering: string | null
  isFamilyShared: boolean
}

/**
 * Folds the events of one chain in the order in which they were told, whatever the order in which they came. Null when
 * there are none. The last word about each thing counts.
 */
export function foldChain(facts: readonly PurchaseFact[]): ToldChain | null {
  const inOrder = inToldOrder(facts)
  if (inOrder.length === 0) return null
  const charges = new Map<string, ToldCharge>()
  let state = NEW_CHAIN
  for (const fact of inOrder) {
    const charge = chargeAfter(charges.get(fact.transactionId) ?? null, fact)
    // An end that was told of an earlier period is no end of a later one.
    const isOfThePast = fact.type === 'EXPIRATION' && isOver(charge, latestOf(charges))
    charges.set(fact.transactionId, charge)
    if (!isOfThePast) state = stateAfter(state, fact)
    if (fact.type === 'EXPIRATION' && !isOfThePast) endLatest(charges, fact)
  }
  return { ...state, charges: inPurchaseOrder([...charges.values()]) }
}

type ChainState = Omit<ToldChain, 'charges'>

const NEW_CHAIN: ChainState = {
  renews: true,
  unsubscribedAt: null,
  billingIssueAt: null,
  graceExpiresAt: null,
  endToldAt: null,
  presentedOffering: null,
  isFamilyShared: false,
}

function stateAfter(before: ChainState, fact: PurchaseFact): ChainState {
  const state = {
    ...before,
    presentedOffering: before.presentedOffering ?? fact.presentedOffering,
    isFamilyShared: fact.isFamilyShared,
  }
  switch (fact.type) {
    case 'INITIAL_PURCHASE':
    case 'RENEWAL':
    case 'NON_RENEWING_PURCHASE':
      return { ...state, ...AS_PAID, renews: isRenewing(fact) }
    case 'CANCELLATION':
      return afterCancellation(state, fact)
    case 'UNCANCELLATION':
      return { ...state, renews: true, unsubscribedAt: null, endToldAt: null }
    case 'BILLING_ISSUE':
      return { ...state, billingIssueAt: fact.toldAt, graceExpiresAt: fact.graceExpiresAt }
    case 'SUBSCRIPTION_EXTENDED':
      return { ...state, graceExpiresAt: null, endToldAt: null, renews: state.unsubscribedAt === null }
    case 'REFUND_REVERSED':
      return { ...state, endToldAt: null, renews: state.unsubscribedAt === null && fact.expiresAt !== null }
    case 'EXPIRATION':
      return { ...state, renews: false, endToldAt: fact.toldAt, graceExpiresAt: notAfter(state.graceExpiresAt, fact) }
    // Access while the store cannot be asked: nothing renews by it.
    case 'TEMPORARY_ENTITLEMENT_GRANT':
      return { ...state, renews: false, endToldAt: null }
    case 'PRODUCT_CHANGE':
    case 'SUBSCRIPTION_PAUSED':
      return state
  }
}

function isRenewing({ type, periodType, expiresAt }: PurchaseFact): boolean {
  return type !== 'NON_RENEWING_PURCHASE' && periodType !== 'prepaid' && expiresAt !== null
}

/** What a successful charge makes good. */
const AS_PAID = { unsubscribedAt: null, billingIssueAt: null, graceExpiresAt: null, endToldAt: null }

/** RevenueCat webhooks, cancellation reasons: a refund and a failed charge leave the renewal as it is. */
function afterCancellation(state: ChainState, fact: PurchaseFact): ChainState {
  if (fact.cancelReason === 'CUSTOMER_SUPPORT') return state
  if (fact.cancelReason === 'BILLING_ERROR') return { ...state, billingIssueAt: state.billingIssueAt ?? fact.toldAt }
  return { ...state, renews: false, unsubscribedAt: fact.toldAt }
}

function notAfter(at: number | null, fact: PurchaseFact): number | null {
  return at === null || at > fact.toldAt ? null : at
}

function chargeAfter(before: ToldCharge | null, fact: PurchaseFact): ToldCharge {
  const charge = { ...(before ?? chargeOf(fact)), expiresAt: fact.expiresAt }
  switch (fact.type) {
    case 'INITIAL_PURCHASE':
    case 'RENEWAL':
    case 'NON_RENEWING_PURCHASE':
      return paidCharge(charge, fact)
    case 'CANCELLATION':
      if (fact.cancelReason !== 'CUSTOMER_SUPPORT') return charge
      return { ...charge, refundedAt: fact.toldAt, refundedMicros: givenBack(fact) }
    case 'REFUND_REVERSED':
      return { ...charge, refundedAt: null, refundedMicros: null }
    default:
      return charge
  }
}

function chargeOf(fact: PurchaseFact): ToldCharge {
  const { storeProductId, rcAppId, periodType, purchasedAt, expiresAt } = fact
  const nothing = { price: null, paidBy: null, paidUntil: null, refundedAt: null, refundedMicros: null }
  return {
    storeTransactionId: fact.transactionId,
    storeProductId,
    rcAppId,
    periodType,
    purchasedAt,
    expiresAt,
    ...nothing,
  }
}

/** Told twice under two event ids, a charge is still the one that was told first. */
function paidCharge(charge: ToldCharge, fact: PurchaseFact): ToldCharge {
  if (charge.paidBy !== null) return charge
  const { storeProductId, rcAppId, periodType, purchasedAt, price } = fact
  const paid = { paidBy: fact.appUserId, paidUntil: fact.expiresAt }
  return { ...charge, storeProductId, rcAppId, periodType, purchasedAt, price, ...paid }
}

function givenBack({ price }: PurchaseFact): number | null {
  return price === null || price.amountMicros === 0 ? null : Math.abs(price.amountMicros)
}

function isOver(ended: ToldCharge, latest: ToldCharge | null): boolean {
  if (latest === null || latest.storeTransactionId === ended.storeTransactionId) return false
  return ended.expiresAt !== null && ended.expiresAt <= latest.purchasedAt
}

/** Access is over when it is said to be over, not when the period that was paid would be. */
function endLatest(charges: Map<string, ToldCharge>, fact: PurchaseFact): void {
  const latest = latestOf(charges)
  if (latest === null) return
  const endsAt = Math.min(latest.expiresAt ?? fact.toldAt, fact.expiresAt ?? fact.toldAt, fact.toldAt)
  charges.set(latest.storeTransactionId, { ...latest, expiresAt: endsAt })
}

function latestOf(charges: ReadonlyMap<string, ToldCharge>): ToldCharge | null {
  return inPurchaseOrder([...charges.values()]).at(-1) ?? null
}

/** Equal times are told apart by the id, so that the order never depends on how the events came. */
export function inPurchaseOrder<Charge extends { purchasedAt: number; storeTransactionId: string }>(
  charges: readonly Charge[],
): Charge[] {
  return [...charges].sort(
    (one, other) => one.purchasedAt - other.purchasedAt || (one.storeTransactionId < other.storeTransactionId ? -1 : 1),
  )
}
