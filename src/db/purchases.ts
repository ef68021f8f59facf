import type { CustomerRef } from '../core/customers/customer.ts'
import type { PurchaseTransaction } from '../core/purchases/purchase.ts'
import type { PurchaseReads, TxPurchases } from '../usecases/ports.ts'
import {
  type ChargeRow,
  chargeFromRow,
  PURCHASE_COLUMNS,
  PURCHASE_UPDATES,
  PURCHASE_VALUES,
  type PurchaseRow,
  purchaseFromRow,
  purchaseToValues,
} from './purchase-rows.ts'
import { type Query, statement } from './statement.ts'
import { storeClaims } from './store-claims.ts'
import { timeOf } from './wire-values.ts'

const OF_CUSTOMER = statement(
  'purchases.of_customer',
  `select ${PURCHASE_COLUMNS} from purchases where bucket = $1 and customer_id = $2 order by purchased_at, purchase_id`,
)
const GET = statement(
  'purchases.get',
  `select ${PURCHASE_COLUMNS} from purchases where bucket = $1 and customer_id = $2 and purchase_id = $3`,
)
const DUE = statement(
  'purchases.due',
  `select project_id, bucket, customer_id, purchase_id from purchases where due_at <= $1 order by due_at limit $2`,
)
const SAVE = statement(
  'purchases.save',
  `insert into purchases (bucket, customer_id, project_id, ${PURCHASE_COLUMNS}) values ($1, $2, $3, ${PURCHASE_VALUES})
   on conflict (bucket, customer_id, purchase_id) do update set ${PURCHASE_UPDATES}`,
)
const CHARGES = statement(
  'purchase_transactions.list',
  `select number, store_transaction_id, product_id, period_type, purchased_at, expires_at, price_micros, currency
   from purchase_transactions where bucket = $1 and customer_id = $2 and purchase_id = $3 order by number`,
)
const INSERT_CHARGE = statement(
  'purchase_transactions.insert',
  `insert into purchase_transactions (bucket, customer_id, purchase_id, number, store_transaction_id, product_id, period_type,
   purchased_at, expires_at, price_micros, currency) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
)
const DELETE_CHARGES = statement(
  'purchase_transactions.delete',
  'delete from purchase_transactions where bucket = $1 and customer_id = $2 and purchase_id = $3',
)
const MOVE_CHARGES = statement(
  'purchase_transactions.move',
  `with moved as (delete from purchase_transactions where bucket = $1 and customer_id = $2 and purchase_id = $3 returning *)
   insert into purchase_transactions (bucket, customer_id, purchase_id, number, store_transaction_id, product_id, period_type,
   purchased_at, expires_at, price_micros, currency)
   select $4, $5, purchase_id, number, store_transaction_id, product_id, period_type, purchased_at, expires_at, price_micros,
   currency from moved`,
)
const DELETE = statement(
  'purchases.delete',
  'delete from purchases where bucket = $1 and customer_id = $2 and purchase_id = $3',
)

export function purchaseReads(query: Query): PurchaseReads {
  const rows = purchaseRows(query)
  return {
    ofCustomer: rows.ofCustomer,
    findClaim: rows.findClaim,
    async due(now, limit) {
      const due = await query<{ project_id: string; bucket: number; customer_id: string; purchase_id: string }>(DUE, [
        timeOf(now),
        limit,
      ])
      return due.map((row) => ({
        ref: { projectId: row.project_id, bucket: row.bucket, customerId: row.customer_id },
        purchaseId: row.purchase_id,
      }))
    },
    async chain(ref, purchaseId) {
      const [purchase, transactions] = await Promise.all([
        rows.get(ref, purchaseId),
        rows.transactions(ref, purchaseId),
      ])
      return purchase === null ? null : { purchase, transactions }
    },
  }
}

export function purchaseRows(query: Query): TxPurchases {
  const { moveClaim, ...claims } = storeClaims(query)
  const insertCharge = (ref: CustomerRef, purchaseId: string, charge: PurchaseTransaction) =>
    query(INSERT_CHARGE, [
      ref.bucket,
      ref.customerId,
      purchaseId,
      charge.number,
      charge.storeTransactionId,
      charge.productId,
      charge.periodType,
      timeOf(charge.purchasedAt),
      timeOf(charge.expiresAt),
      charge.price?.amountMicros ?? null,
      charge.price?.currency ?? null,
    ])
  return {
    ...claims,
    async ofCustomer(ref) {
      return (await query<PurchaseRow>(OF_CUSTOMER, [ref.bucket, ref.customerId])).map(purchaseFromRow)
    },
    async get(ref, purchaseId) {
      const [row] = await query<PurchaseRow>(GET, [ref.bucket, ref.customerId, purchaseId])
      return row === undefined ? null : purchaseFromRow(row)
    },
    async transactions(ref, purchaseId) {
      return (await query<ChargeRow>(CHARGES, [ref.bucket, ref.customerId, purchaseId])).map(chargeFromRow)
    },
    async save(ref, purchase, newTransactions) {
      await Promise.all([
        query(SAVE, [ref.bucket, ref.customerId, ref.projectId, ...purchaseToValues(purchase)]),
        ...newTransactions.map((charge) => insertCharge(ref, purchase.purchaseId, charge)),
      ])
    },
    async replaceTransactions(ref, purchaseId, transactions) {
      await Promise.all([
        query(DELETE_CHARGES, [ref.bucket, ref.customerId, purchaseId]),
        ...transactions.map((charge) => insertCharge(ref, purchaseId, charge)),
      ])
    },
    async move(purchase, from, to) {
      await Promise.all([
        query(SAVE, [to.bucket, to.customerId, to.projectId, ...purchaseToValues(purchase)]),
        query(MOVE_CHARGES, [from.bucket, from.customerId, purchase.purchaseId, to.bucket, to.customerId]),
        query(DELETE, [from.bucket, from.customerId, purchase.purchaseId]),
        moveClaim(purchase, to),
      ])
    },
  }
}
