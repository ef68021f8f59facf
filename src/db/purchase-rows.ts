import type { ProductType } from '../core/catalog/catalog.ts'
import type { Store } from '../core/projects/project.ts'
import type { FormerProduct, Purchase } from '../core/purchases/purchase.ts'
import { type ChargeFacts, priceFromRow } from './purchase-transactions.ts'
import { timeOf } from './wire-values.ts'

export type PurchaseRow = ChargeFacts & {
  purchase_id: string
  app_id: string
  store: Store
  environment: Purchase['environment']
  store_purchase_id: string
  type: ProductType
  original_purchased_at: number
  ownership: Purchase['ownership']
  auto_renews: boolean
  unsubscribe_detected_at: number | null
  billing_issue_detected_at: number | null
  grace_expires_at: number | null
  refunded_at: number | null
  renewal_number: number
  presented_offering: string | null
  expiration_seen_at: number | null
  due_at: number | null
  as_of: number
  cancel_reason: Purchase['cancelReason']
  auto_resume_at: number | null
  pending_product_id: string | null
  price_consent: Purchase['priceConsent']
  revoked_at: number | null
  superseded: Purchase['superseded']
  former_products: FormerProduct[] | null
}

export const PURCHASE_COLUMN_NAMES = [
  'purchase_id',
  'app_id',
  'store',
  'environment',
  'store_purchase_id',
  'type',
  'product_id',
  'original_purchased_at',
  'purchased_at',
  'expires_at',
  'period_type',
  'store_transaction_id',
  'price_micros',
  'currency',
  'ownership',
  'auto_renews',
  'unsubscribe_detected_at',
  'billing_issue_detected_at',
  'grace_expires_at',
  'refunded_at',
  'renewal_number',
  'presented_offering',
  'expiration_seen_at',
  'due_at',
  'as_of',
  'cancel_reason',
  'auto_resume_at',
  'pending_product_id',
  'price_consent',
  'revoked_at',
  'superseded',
  'former_products',
] as const

/** Parameters before a purchase's own columns: bucket, customer, project. */
const KEY_PARAMETERS = 3

export const PURCHASE_COLUMNS = PURCHASE_COLUMN_NAMES.join(', ')
export const PURCHASE_VALUES = PURCHASE_COLUMN_NAMES.map((_, index) => `$${index + KEY_PARAMETERS + 1}`).join(', ')
export const PURCHASE_UPDATES = PURCHASE_COLUMN_NAMES.filter((column) => column !== 'purchase_id')
  .map((column) => `${column} = excluded.${column}`)
  .join(', ')

/** The values in the order of `PURCHASE_COLUMNS`. */
export function purchaseToValues(purchase: Purchase): unknown[] {
  const values: Record<(typeof PURCHASE_COLUMN_NAMES)[number], unknown> = {
    purchase_id: purchase.purchaseId,
    app_id: purchase.appId,
    store: purchase.store,
    environment: purchase.environment,
    store_purchase_id: purchase.storePurchaseId,
    type: purchase.type,
    product_id: purchase.productId,
    original_purchased_at: timeOf(purchase.originalPurchasedAt),
    purchased_at: timeOf(purchase.purchasedAt),
    expires_at: timeOf(purchase.expiresAt),
    period_type: purchase.periodType,
    store_transaction_id: purchase.storeTransactionId,
    price_micros: purchase.price?.amountMicros ?? null,
    currency: purchase.price?.currency ?? null,
    ownership: purchase.ownership,
    auto_renews: purchase.autoRenews,
    unsubscribe_detected_at: timeOf(purchase.unsubscribeDetectedAt),
    billing_issue_detected_at: timeOf(purchase.billingIssueDetectedAt),
    grace_expires_at: timeOf(purchase.graceExpiresAt),
    refunded_at: timeOf(purchase.refundedAt),
    renewal_number: purchase.renewalNumber,
    presented_offering: purchase.presentedOffering,
    expiration_seen_at: timeOf(purchase.expirationSeenAt),
    due_at: timeOf(purchase.dueAt),
    as_of: timeOf(purchase.asOf),
    cancel_reason: purchase.cancelReason,
    auto_resume_at: timeOf(purchase.autoResumeAt),
    pending_product_id: purchase.pendingProductId,
    price_consent: purchase.priceConsent,
    revoked_at: timeOf(purchase.revokedAt),
    superseded: purchase.superseded && JSON.stringify(purchase.superseded),
    former_products: purchase.formerProducts.length === 0 ? null : JSON.stringify(purchase.formerProducts),
  }
  return PURCHASE_COLUMN_NAMES.map((column) => values[column])
}

export function purchaseFromRow(row: PurchaseRow): Purchase {
  return {
    purchaseId: row.purchase_id,
    appId: row.app_id,
    store: row.store,
    environment: row.environment,
    storePurchaseId: row.store_purchase_id,
    type: row.type,
    productId: row.product_id,
    originalPurchasedAt: row.original_purchased_at,
    purchasedAt: row.purchased_at,
    expiresAt: row.expires_at,
    periodType: row.period_type,
    storeTransactionId: row.store_transaction_id,
    price: priceFromRow(row),
    ownership: row.ownership,
    autoRenews: row.auto_renews,
    unsubscribeDetectedAt: row.unsubscribe_detected_at,
    billingIssueDetectedAt: row.billing_issue_detected_at,
    graceExpiresAt: row.grace_expires_at,
    refundedAt: row.refunded_at,
    renewalNumber: row.renewal_number,
    presentedOffering: row.presented_offering,
    expirationSeenAt: row.expiration_seen_at,
    dueAt: row.due_at,
    asOf: row.as_of,
    cancelReason: row.cancel_reason,
    autoResumeAt: row.auto_resume_at,
    pendingProductId: row.pending_product_id,
    priceConsent: row.price_consent,
    revokedAt: row.revoked_at,
    superseded: row.superseded,
    formerProducts: row.former_products ?? [],
  }
}
