import type { CustomerRef } from '../core/customers/customer.ts'
import type { ChargedPrice, PeriodType, PurchaseTransaction } from '../core/purchases/purchase.ts'
import type { TxPurchases } from '../usecases/ports.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

/** The columns that a charge and the purchase with its latest charge have in common. */
export type ChargeFacts = {
  store_transaction_id: string
  product_id: string
  period_type: PeriodType
  purchased_at: number
  expires_at: number | null
  price_micros: number | null
  currency: string | null
}

type ChargeRow = ChargeFacts & {
  number: number
  refunded_at: number | null
  refunded_micros: number | null
  refund_ends_access: boolean
  offer_code: string | null
  quantity: number
}

const COLUMNS = `number, store_transaction_id, product_id, period_type, purchased_at, expires_at, price_micros, currency,
   refunded_at, refunded_micros, refund_ends_access, offer_code, quantity`
const KEY = 'bucket = $1 and customer_id = $2 and purchase_id = $3'

const LIST = statement(
  'purchase_transactions.list',
  `select ${COLUMNS} from purchase_transactions where ${KEY} order by number`,
)
const INSERT = statement(
  'purchase_transactions.insert',
  `insert into purchase_transactions (bucket, customer_id, purchase_id, ${COLUMNS})
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`,
)
const CHANGE = statement(
  'purchase_transactions.change',
  `update purchase_transactions set expires_at = $5, refunded_at = $6, refunded_micros = $7, refund_ends_access = $8
   where ${KEY} and number = $4`,
)
const DELETE = statement('purchase_transactions.delete', `delete from purchase_transactions where ${KEY}`)
const MOVE = statement(
  'purchase_transactions.move',
  `with moved as (delete from purchase_transactions where ${KEY} returning *)
   insert into purchase_transactions (bucket, customer_id, purchase_id, ${COLUMNS})
   select $4, $5, purchase_id, ${COLUMNS} from moved`,
)

/** The charges of chains. They are written once; only a refund or another end changes them. */
export function purchaseTransactions(query: Query) {
  const list: TxPurchases['transactions'] = async (ref, purchaseId) =>
    (await query<ChargeRow>(LIST, [ref.bucket, ref.customerId, purchaseId])).map(chargeFromRow)
  const insert = (ref: CustomerRef, purchaseId: string, charge: PurchaseTransaction) =>
    query(INSERT, [ref.bucket, ref.customerId, purchaseId, ...chargeToValues(charge)])
  return {
    list,
    insert,
    async change(ref: CustomerRef, purchaseId: string, charge: PurchaseTransaction): Promise<void> {
      const { number, expiresAt, refund } = charge
      const facts = [timeOf(expiresAt), timeOf(refund?.at ?? null), refund?.micros ?? null, refund?.endsAccess ?? true]
      await query(CHANGE, [ref.bucket, ref.customerId, purchaseId, number, ...facts])
    },
    async deleteAll(ref: CustomerRef, purchaseId: string): Promise<void> {
      await query(DELETE, [ref.bucket, ref.customerId, purchaseId])
    },
    async move(purchaseId: string, from: CustomerRef, to: CustomerRef): Promise<void> {
      await query(MOVE, [from.bucket, from.customerId, purchaseId, to.bucket, to.customerId])
    },
  }
}

function chargeToValues(charge: PurchaseTransaction): unknown[] {
  return [
    charge.number,
    charge.storeTransactionId,
    charge.productId,
    charge.periodType,
    timeOf(charge.purchasedAt),
    timeOf(charge.expiresAt),
    charge.price?.amountMicros ?? null,
    charge.price?.currency ?? null,
    timeOf(charge.refund?.at ?? null),
    charge.refund?.micros ?? null,
    charge.refund?.endsAccess ?? true,
    charge.offerCode,
    charge.quantity,
  ]
}

function chargeFromRow(row: ChargeRow): PurchaseTransaction {
  return {
    number: row.number,
    storeTransactionId: row.store_transaction_id,
    productId: row.product_id,
    periodType: row.period_type,
    purchasedAt: row.purchased_at,
    expiresAt: row.expires_at,
    price: priceFromRow(row),
    refund:
      row.refunded_at === null
        ? null
        : { at: row.refunded_at, micros: row.refunded_micros, endsAccess: row.refund_ends_access },
    offerCode: row.offer_code,
    quantity: row.quantity,
  }
}

export function priceFromRow(row: { price_micros: number | null; currency: string | null }): ChargedPrice | null {
  return row.price_micros === null || row.currency === null
    ? null
    : { amountMicros: row.price_micros, currency: row.currency }
}
