import type { Database } from '../../src/db/database.ts'
import { statement } from '../../src/db/statement.ts'

/** Raw rows, as the tables have them: times are epoch milliseconds. */
export type TransactionRow = {
  customer_id: string
  transaction_id: string
  kind: string
  actor: string
  reason: string | null
  request_id: string | null
  purchase_id: string | null
  store_transaction_id: string | null
  reverses_transaction_id: string | null
  operation_id: string | null
  created_at: number
  sequence: number
  previous_hash: string
  hash: string
}
export type PostingRow = { transaction_id: string; number: number; account: string; currency: string; amount: number }
export type LotRow = {
  customer_id: string
  transaction_id: string
  lot_id: string
  currency: string
  source: string
  purchase_id: string | null
  origin_lot_id: string | null
  granted: number
  remaining: number
  expires_at: number | null
  created_at: number
}
export type DrawRow = { transaction_id: string; lot_id: string; amount: number }
export type BalanceRow = { customer_id: string; currency: string; balance: number; owed: number }
export type CustomerRow = {
  customer_id: string
  revision: number
  merged_into_id: string | null
  erased_at: number | null
  ledger_sequence: number
  ledger_hash: string
}
export type HoldRow = { customer_id: string; currency: string; status: string; authorised: number; captured: number }
export type EventRow = {
  customer_id: string
  event_id: string
  revision: number
  type: string
  transaction_id: string | null
  purchase_id: string | null
  source: string | null
  waits: boolean
  position: number | null
}
export type DeliveryRow = { customer_id: string; position: number; state: string }
export type ChargeRow = {
  purchase_id: string
  store_transaction_id: string
  product: string
  token: string
  refunded_at: number | null
}
export type CounterRow = { meter: string; used: number }

const TABLES = {
  transactions: statement('auditor.transactions', 'select * from wallet_transactions order by customer_id, sequence'),
  postings: statement('auditor.postings', 'select * from wallet_postings order by transaction_id, number'),
  lots: statement('auditor.lots', 'select * from wallet_lots'),
  draws: statement('auditor.draws', 'select * from wallet_draws'),
  balances: statement('auditor.balances', 'select * from wallet_balances'),
  customers: statement('auditor.customers', 'select * from customers'),
  holds: statement('auditor.holds', 'select * from wallet_holds'),
  events: statement(
    'auditor.events',
    `select customer_id, event_id, revision, type, waits, position, data->>'transactionId' as transaction_id,
       data->>'purchaseId' as purchase_id, data->>'source' as source from events`,
  ),
  deliveries: statement('auditor.deliveries', 'select customer_id, position, state from webhook_deliveries'),
  charges: statement(
    'auditor.charges',
    `select t.purchase_id, t.store_transaction_id, t.refunded_at, s.store_product_id as product,
       p.store_purchase_id as token
     from purchase_transactions t join products s using (product_id)
     join purchases p on p.bucket = t.bucket and p.customer_id = t.customer_id and p.purchase_id = t.purchase_id`,
  ),
  counters: statement('auditor.counters', 'select meter, used from usage_counters'),
}

export type LedgerRows = {
  transactions: TransactionRow[]
  postings: PostingRow[]
  lots: LotRow[]
  draws: DrawRow[]
  balances: BalanceRow[]
  customers: CustomerRow[]
  holds: HoldRow[]
  events: EventRow[]
  deliveries: DeliveryRow[]
  charges: ChargeRow[]
  counters: CounterRow[]
}

/** Everything that there is, since a seed has its database for itself. */
export async function readLedgerRows(database: Pick<Database, 'query'>): Promise<LedgerRows> {
  const names = Object.keys(TABLES) as Array<keyof LedgerRows>
  const tables = await Promise.all(names.map((name) => database.query(TABLES[name], [])))
  return Object.fromEntries(names.map((name, index) => [name, tables[index]])) as LedgerRows
}
