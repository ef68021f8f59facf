import type { CustomerRef } from '../core/customers/customer.ts'
import type { ChainLink } from '../core/wallet/chain.ts'
import { type LedgerFault, type LedgerRow, LedgerVerifier } from '../core/wallet/verify-ledger.ts'
import type { Draw, Lot, Posting } from '../core/wallet/wallet.ts'
import type { Database } from './database.ts'
import { holdsInRange } from './holds.ts'
import { type Query, statement } from './statement.ts'
import { transferTransaction } from './transfer/transfer-transaction.ts'
import { type FactRow, factsFromRow } from './wallet-history.ts'
import { LOT_COLUMNS, type LotRow, lotFromRow } from './wallet-lot-rows.ts'

/** Customers and transactions read at a time: the memory needed does not grow with the database. */
const CUSTOMERS_AT_ONCE = 100
const TRANSACTIONS_AT_ONCE = 500

/** Everything comes from one moment; writes of others go on and are not seen. */
const BEGIN_SNAPSHOT = 'begin isolation level repeatable read read only'

export type LedgerProgress = { customers: number; of: number; transactions: number }
export type LedgerReport = LedgerProgress & { fault: LedgerFault | null }

type CustomerRow = { bucket: number; customer_id: string; ledger_sequence: number; ledger_hash: string }
type Owned<Row> = Row & { bucket: number; customer_id: string }
type TransactionRow = Owned<FactRow & { sequence: number; previous_hash: string; hash: string }>

const COUNT = statement('verify.count', 'select count(*) as customers from customers')
const CUSTOMERS = statement(
  'verify.customers',
  `select bucket, customer_id, ledger_sequence, ledger_hash from customers where (bucket, customer_id) > ($1, $2)
   order by bucket, customer_id limit ${CUSTOMERS_AT_ONCE}`,
)
const CUSTOMER = statement(
  'verify.customer',
  'select bucket, customer_id, ledger_sequence, ledger_hash from customers where bucket = $1 and customer_id = $2',
)
const IN_RANGE = 'where (bucket, customer_id) >= ($1, $2) and (bucket, customer_id) <= ($3, $4)'
const BALANCES = statement(
  'verify.balances',
  `select bucket, customer_id, currency, balance, owed from wallet_balances ${IN_RANGE}`,
)
const LOTS = statement(
  'verify.lots',
  `select bucket, customer_id, transaction_id, ${LOT_COLUMNS} from wallet_lots ${IN_RANGE}`,
)
const TRANSACTIONS = statement(
  'verify.transactions',
  `select bucket, customer_id, transaction_id, kind, actor, reason, request_id, purchase_id, store_transaction_id,
     reverses_transaction_id, operation_id, created_at, sequence, previous_hash, hash from wallet_transactions
   where bucket = $1 and customer_id = $2 and (sequence, transaction_id) > ($3, $4)
   order by sequence, transaction_id limit ${TRANSACTIONS_AT_ONCE}`,
)
const POSTINGS = statement(
  'verify.postings',
  `select transaction_id, account, currency, amount from wallet_postings
   where bucket = $1 and customer_id = $2 and transaction_id = any($3::text[]) order by transaction_id, number`,
)
const DRAWS = statement(
  'verify.draws',
  `select transaction_id, lot_id as "lotId", amount from wallet_draws
   where bucket = $1 and customer_id = $2 and transaction_id = any($3::text[])`,
)
/** Rows that belong to nothing are read with nothing, so they are looked for by themselves. */
const STRAYS = statement(
  'verify.strays',
  `select customer_id, 'draw on lot ' || lot_id as row from wallet_draws d where not exists (
     select from wallet_transactions t where t.bucket = d.bucket and t.customer_id = d.customer_id
     and t.transaction_id = d.transaction_id)
   union all select customer_id, 'posting of transaction ' || transaction_id from wallet_postings p where not exists (
     select from wallet_transactions t where t.bucket = p.bucket and t.customer_id = p.customer_id
     and t.transaction_id = p.transaction_id)
   union all select customer_id, 'transaction ' || transaction_id from wallet_transactions t where not exists (
     select from customers c where c.bucket = t.bucket and c.customer_id = t.customer_id)
   union all select customer_id, 'lot ' || lot_id from wallet_lots l where not exists (
     select from customers c where c.bucket = l.bucket and c.customer_id = l.customer_id) limit 1`,
)
/** Each ledger is sound by itself; that both sides of a transfer say the same is seen only when they are put together. */
const HALF_TRANSFERS = statement(
  'verify.half_transfers',
  `select min(t.customer_id) as customer_id, 'transfer ' || coalesce(t.operation_id, min(t.transaction_id)) as row
   from wallet_transactions t join wallet_postings p on p.bucket = t.bucket and p.customer_id = t.customer_id
     and p.transaction_id = t.transaction_id and p.account = 'transferred'
   group by t.operation_id having t.operation_id is null or count(*) <> 2 or sum(p.amount) <> 0
     or count(distinct p.currency) <> 1 limit 1`,
)

/** Computes the whole ledger again from its rows, customer by customer, and stops at the first fault. */
export async function verifyLedger(
  database: Database,
  options: { hash: (text: string) => string; onProgress: (progress: LedgerProgress) => void },
): Promise<LedgerReport> {
  return transferTransaction(database, BEGIN_SNAPSHOT, async (query) => {
    const [count] = await query<{ customers: number }>(COUNT, [])
    const progress: LedgerProgress = { customers: 0, of: count?.customers ?? 0, transactions: 0 }
    let after: [number, string] = [-1, '']
    for (;;) {
      const page = await query<CustomerRow>(CUSTOMERS, after)
      const last = page.at(-1)
      if (last === undefined) break
      const fault = await verifyPage(query, page, options.hash, progress)
      if (fault !== null) return { ...progress, fault }
      after = [last.bucket, last.customer_id]
      options.onProgress(progress)
    }
    return { ...progress, fault: await findStray(query) }
  })
}

/**
 * Computes the ledger of one customer again, as it is in the transaction or between the writes that the caller sees to;
 * null when it is sound.
 */
export async function verifyCustomer(
  query: Query,
  ref: CustomerRef,
  hash: (text: string) => string,
): Promise<LedgerFault | null> {
  const page = await query<CustomerRow>(CUSTOMER, [ref.bucket, ref.customerId])
  return verifyPage(query, page, hash, { customers: 0, of: 1, transactions: 0 })
}

async function findStray(query: Query): Promise<LedgerFault | null> {
  const [stray] = await query<{ customer_id: string; row: string }>(STRAYS, [])
  if (stray === undefined) return findHalfTransfer(query)
  return { customerId: stray.customer_id, row: stray.row, problem: 'it belongs to nothing that exists' }
}

async function findHalfTransfer(query: Query): Promise<LedgerFault | null> {
  const [half] = await query<{ customer_id: string; row: string }>(HALF_TRANSFERS, [])
  if (half === undefined) return null
  return { customerId: half.customer_id, row: half.row, problem: 'one side does not give what the other takes' }
}

async function verifyPage(
  query: Query,
  page: readonly CustomerRow[],
  hash: (text: string) => string,
  progress: LedgerProgress,
): Promise<LedgerFault | null> {
  const [first, last] = [page[0], page.at(-1)]
  if (first === undefined || last === undefined) return null
  const range = [first.bucket, first.customer_id, last.bucket, last.customer_id]
  const [balances, lots, holds] = await Promise.all([
    query<Owned<{ currency: string; balance: number; owed: number }>>(BALANCES, range),
    query<Owned<LotRow & { transaction_id: string }>>(LOTS, range),
    holdsInRange(query, range),
  ])
  for (const customer of page) {
    const isOwn = (row: { customer_id: string }) => row.customer_id === customer.customer_id
    const own = lots.filter(isOwn)
    const verifier = new LedgerVerifier(customer.customer_id, hash)
    await readTransactions(query, customer, own, verifier, progress)
    progress.customers += 1
    const fault = verifier.finish({
      head: { sequence: customer.ledger_sequence, hash: customer.ledger_hash },
      balances: balances.filter(isOwn),
      lots: own.map(lotFromRow),
      holds: holds.filter(isOwn).map(({ hold }) => hold),
    })
    if (fault !== null) return fault
  }
  return null
}

async function readTransactions(
  query: Query,
  { bucket, customer_id: customerId }: CustomerRow,
  lots: ReadonlyArray<LotRow & { transaction_id: string }>,
  verifier: LedgerVerifier,
  progress: LedgerProgress,
): Promise<void> {
  const lotsOf = Map.groupBy(lots, (lot) => lot.transaction_id)
  let after: [number, string] = [-1, '']
  while (verifier.fault === null) {
    const rows = await query<TransactionRow>(TRANSACTIONS, [bucket, customerId, ...after])
    const last = rows.at(-1)
    if (last === undefined) return
    const key = [bucket, customerId, rows.map((row) => row.transaction_id)]
    const [postings, draws] = await Promise.all([
      query<Posting & { transaction_id: string }>(POSTINGS, key),
      query<Draw & { transaction_id: string }>(DRAWS, key),
    ])
    const postingsOf = Map.groupBy(postings, idOf)
    const drawsOf = Map.groupBy(draws, idOf)
    for (const row of rows) {
      const id = row.transaction_id
      const made = (lotsOf.get(id) ?? []).map(lotFromRow)
      verifier.read(ledgerRow(row, made, postingsOf.get(id) ?? [], drawsOf.get(id) ?? []))
    }
    progress.transactions += rows.length
    after = [last.sequence, last.transaction_id]
  }
}

function idOf(row: { transaction_id: string }): string {
  return row.transaction_id
}

function ledgerRow(row: TransactionRow, newLots: Lot[], postings: Posting[], draws: Draw[]): LedgerRow {
  const link: ChainLink = { sequence: row.sequence, previousHash: row.previous_hash, hash: row.hash }
  return { ...factsFromRow(row), customerId: row.customer_id, postings, newLots, draws, ...link }
}
