import type { Product } from '../catalog/catalog.ts'
import { assert } from '../lib/assert.ts'
import { UNTROUBLED } from '../purchases/chain-state.ts'
import type { Purchase, PurchaseTransaction, Refund } from '../purchases/purchase.ts'
import type { PurchaseSnapshot, SnapshotTransaction } from '../purchases/snapshot.ts'
import { snapshotOf } from '../purchases/stored-snapshot.ts'
import type { ChainKey } from './envelope.ts'
import { inPurchaseOrder, type ToldChain, type ToldCharge } from './fold-chain.ts'

/**
 * Nothing about a told chain is due by itself: RevenueCat tells of renewals and of the end. Far away instead of never, for
 * what renews always has a day on which somebody looks.
 */
const NEVER_BY_ITSELF = Date.parse('9999-01-01T00:00:00Z')

/** The product of each charge, by the charge's transaction id. */
export type ChargeProducts = ReadonlyMap<string, Product>

export type ToldSnapshotInput = {
  key: ChainKey
  chain: ToldChain
  products: ChargeProducts
  current: Purchase | null
  /** The charges that are stored, of which some may be known from the store itself. */
  stored: readonly PurchaseTransaction[]
  now: number
}

/** A told chain, and what is stored of it, in the form in which a store would tell it. */
export function snapshotOfTold(input: ToldSnapshotInput): PurchaseSnapshot {
  const { key, chain, products, current, stored, now } = input
  const told = chain.charges.map((charge) => transactionOf(charge, products))
  const ids = new Set(told.map((charge) => charge.storeTransactionId))
  const transactions = inPurchaseOrder([...told, ...stored.filter((charge) => !ids.has(charge.storeTransactionId))])
  const latest = chain.charges.at(-1)
  const last = transactions.at(-1)
  assert(latest !== undefined && last !== undefined, 'a told chain has a charge')
  // The store itself told of a later charge: what RevenueCat said of the time before is over.
  if (last.storeTransactionId !== latest.storeTransactionId && current !== null) {
    return { ...snapshotOf(current, [], now), transactions, nextCheckAt: current.dueAt }
  }
  const product = productOf(latest, products)
  return {
    store: key.store,
    environment: key.environment,
    appId: product.appId,
    storePurchaseId: key.chainId,
    type: product.type,
    transactions,
    ...UNTROUBLED,
    asOf: now,
    ownership: chain.isFamilyShared ? 'FAMILY_SHARED' : 'PURCHASED',
    autoRenews: product.type === 'subscription' && chain.renews,
    unsubscribeDetectedAt: chain.unsubscribedAt,
    billingIssueDetectedAt: chain.billingIssueAt,
    graceExpiresAt: chain.graceExpiresAt,
    nextCheckAt: current?.dueAt ?? NEVER_BY_ITSELF,
  }
}

function transactionOf(charge: ToldCharge, products: ChargeProducts): SnapshotTransaction {
  const { storeTransactionId, periodType, purchasedAt, price } = charge
  const product = productOf(charge, products)
  const expiresAt = product.type === 'subscription' ? charge.expiresAt : null
  const { productId } = product
  return { storeTransactionId, productId, periodType, purchasedAt, expiresAt, price, refund: refundOfTold(charge) }
}

/** RevenueCat tells of refunds that end access; how much of the price went back, it may leave out. */
function refundOfTold({ refundedAt, refundedMicros }: ToldCharge): Refund | null {
  return refundedAt === null ? null : { at: refundedAt, micros: refundedMicros, endsAccess: true }
}

function productOf({ storeTransactionId }: ToldCharge, products: ChargeProducts): Product {
  const product = products.get(storeTransactionId)
  assert(product !== undefined, 'charges of unknown products are left out of the fold')
  return product
}
