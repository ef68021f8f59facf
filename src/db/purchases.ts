import type { PurchaseReads, TxPurchases } from '../usecases/ports.ts'
import {
  PURCHASE_COLUMNS,
  PURCHASE_UPDATES,
  PURCHASE_VALUES,
  type PurchaseRow,
  purchaseFromRow,
  purchaseToValues,
} from './purchase-rows.ts'
import { purchaseTransactions } from './purchase-transactions.ts'
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
  `select project_id, bucket, customer_id, purchase_id, due_at, least(due_at, expires_at) as since from purchases
   where store = $1 and due_at <= $2 order by due_at limit $3`,
)
const SAVE = statement(
  'purchases.save',
  `insert into purchases (bucket, customer_id, project_id, ${PURCHASE_COLUMNS}) values ($1, $2, $3, ${PURCHASE_VALUES})
   on conflict (bucket, customer_id, purchase_id) do update set ${PURCHASE_UPDATES}`,
)
const POSTPONE = statement(
  'purchases.postpone',
  `update purchases set due_at = $4 where bucket = $1 and customer_id = $2 and purchase_id = $3 and due_at = $5`,
)
const DELETE = statement(
  'purchases.delete',
  'delete from purchases where bucket = $1 and customer_id = $2 and purchase_id = $3',
)

type DueRow = {
  project_id: string
  bucket: number
  customer_id: string
  purchase_id: string
  due_at: number
  since: number
}

export function purchaseReads(query: Query): PurchaseReads {
  const rows = purchaseRows(query)
  return {
    ofCustomer: rows.ofCustomer,
    findClaim: rows.findClaim,
    async due(store, now, limit) {
      const due = await query<DueRow>(DUE, [store, timeOf(now), limit])
      return due.map((row) => ({
        ref: { projectId: row.project_id, bucket: row.bucket, customerId: row.customer_id },
        purchaseId: row.purchase_id,
        dueAt: row.due_at,
        since: row.since,
      }))
    },
    async postpone({ ref, purchaseId, dueAt }, until) {
      await query(POSTPONE, [ref.bucket, ref.customerId, purchaseId, timeOf(until), timeOf(dueAt)])
    },
    async chain(ref, purchaseId) {
      // In this order: charges may be newer than the purchase, which shows as soon as it is compared, but never older.
      const purchase = await rows.get(ref, purchaseId)
      const transactions = purchase === null ? [] : await rows.transactions(ref, purchaseId)
      // Without charges it went to somebody else in between, or was deleted.
      return purchase === null || transactions.length === 0 ? null : { purchase, transactions }
    },
  }
}

export function purchaseRows(query: Query): TxPurchases {
  const { moveClaim, ...claims } = storeClaims(query)
  const charges = purchaseTransactions(query)
  return {
    ...claims,
    async ofCustomer(ref) {
      return (await query<PurchaseRow>(OF_CUSTOMER, [ref.bucket, ref.customerId])).map(purchaseFromRow)
    },
    async get(ref, purchaseId) {
      const [row] = await query<PurchaseRow>(GET, [ref.bucket, ref.customerId, purchaseId])
      return row === undefined ? null : purchaseFromRow(row)
    },
    transactions: charges.list,
    async save(ref, purchase, { newTransactions, changedTransactions }) {
      await Promise.all([
        query(SAVE, [ref.bucket, ref.customerId, ref.projectId, ...purchaseToValues(purchase)]),
        ...newTransactions.map((charge) => charges.insert(ref, purchase.purchaseId, charge)),
        ...changedTransactions.map((charge) => charges.change(ref, purchase.purchaseId, charge)),
      ])
    },
    async replaceTransactions(ref, purchaseId, transactions) {
      await Promise.all([
        charges.deleteAll(ref, purchaseId),
        ...transactions.map((charge) => charges.insert(ref, purchaseId, charge)),
      ])
    },
    async move(purchase, from, to) {
      await Promise.all([
        query(SAVE, [to.bucket, to.customerId, to.projectId, ...purchaseToValues(purchase)]),
        charges.move(purchase.purchaseId, from, to),
        query(DELETE, [from.bucket, from.customerId, purchase.purchaseId]),
        moveClaim(purchase, to),
      ])
    },
  }
}
