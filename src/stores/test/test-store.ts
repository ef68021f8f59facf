import { findStoreProduct, type Product } from '../../core/catalog/catalog.ts'
import { ok, type Result, refuse } from '../../core/lib/result.ts'
import { UNTROUBLED } from '../../core/purchases/chain-state.ts'
import type { PurchaseSnapshot, SnapshotTransaction } from '../../core/purchases/snapshot.ts'
import { snapshotOf } from '../../core/purchases/stored-snapshot.ts'
import type { RefreshQuestion } from '../../usecases/ports/stores.ts'
import type { ReceiptQuestion, StoreAdapter, StoreRefusal } from '../../usecases/ports.ts'
import { act } from './act.ts'
import { advanceSubscription } from './advance-subscription.ts'
import { periodEnd } from './pace.ts'
import { isPlausibleTime, parseTestToken } from './receipt-token.ts'

/**
 * The Test Store: a complete store without an outside party. It takes the app's word for a purchase, and so is reached
 * only with a `test_` key, and everything it sells is marked as sandbox.
 */
export const testStore: StoreAdapter = {
  chainOf(fetchToken) {
    if (parseTestToken(fetchToken) === null) {
      return refuse({ code: 'receipt_invalid', problem: 'a Test Store token is test_<milliseconds>_<UUID>' })
    }
    return ok({ storePurchaseId: fetchToken, environment: 'sandbox' })
  },

  async verify(question) {
    return verifyReceipt(question)
  },

  async refresh(question) {
    return ok(timelineOf(question))
  },

  async perform(question) {
    const timeline = timelineOf(question)
    const latest = timeline.at(-1)
    if (latest === undefined) throw new Error('broken invariant: a timeline ends now')
    const acted = act(latest, question)
    return acted.ok ? ok([...timeline, acted.value]) : acted
  },

  isMadeOfRows: true,
}

function timelineOf({ project, catalog, purchase, transactions, now }: RefreshQuestion): PurchaseSnapshot[] {
  // The row is what the store itself last said, so the timeline begins there.
  const stored = { ...snapshotOf(purchase, transactions, purchase.asOf), asOf: purchase.asOf }
  return advanceSubscription(stored, { products: catalog.products, project }, now)
}

function verifyReceipt(question: ReceiptQuestion): Result<PurchaseSnapshot, StoreRefusal> {
  const token = parseTestToken(question.fetchToken)
  if (token === null || !isPlausibleTime(token.purchasedAt, question.now)) {
    return refuse({ code: 'receipt_invalid', problem: 'the token is not of a purchase made about now' })
  }
  if (question.storeProductId === null) {
    return refuse({ code: 'receipt_invalid', problem: 'a Test Store receipt names its product in product_id' })
  }
  const product = findStoreProduct(question.catalog, question.app.appId, question.storeProductId)
  if (product === null) return refuse({ code: 'product_unknown', storeProductId: question.storeProductId })
  const first = firstCharge(question, product)
  return ok({
    store: 'test_store',
    environment: 'sandbox',
    appId: question.app.appId,
    storePurchaseId: question.fetchToken,
    type: product.type,
    transactions: [first],
    ...UNTROUBLED,
    asOf: question.now,
    autoRenews: product.type === 'subscription',
    nextCheckAt: first.expiresAt,
  })
}

/** The server's clock counts, not the device's: periods must end when the server says so. */
function firstCharge(
  { fetchToken, now, project, boughtProductIds }: ReceiptQuestion,
  product: Product,
): SnapshotTransaction {
  const charge = { storeTransactionId: fetchToken, productId: product.productId, purchasedAt: now }
  if (product.period === null) return { ...charge, periodType: 'normal', expiresAt: null, price: product.price }
  const { trial } = product
  if (trial !== null && !boughtProductIds.has(product.productId)) {
    const expiresAt = periodEnd(now, trial.period, trial.cycles, project.testStorePace)
    return { ...charge, periodType: 'trial', expiresAt, price: { amountMicros: 0, currency: product.price.currency } }
  }
  return {
    ...charge,
    periodType: 'normal',
    expiresAt: periodEnd(now, product.period, 1, project.testStorePace),
    price: product.price,
  }
}
