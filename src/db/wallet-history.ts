import type { CustomerRef } from '../core/customers/customer.ts'
import type { LedgerKind, LedgerTransaction } from '../core/wallet/ledger-transaction.ts'
import type { RecordedChange } from '../core/wallet/reverse.ts'
import type { Posting } from '../core/wallet/wallet.ts'
import type { HistoryEntry, HistoryPage, RecordedTransaction, TxWallet } from '../usecases/ports.ts'
import { type Query, statement } from './statement.ts'
import { LOT_COLUMNS, type LotRow, lotFromRow } from './wallet-lot-rows.ts'
import { timeOf } from './wire-values.ts'

export type FactRow = {
  transaction_id: string
  kind: LedgerKind
  actor: string
  reason: string | null
  request_id: string | null
  purchase_id: string | null
  store_transaction_id: string | null
  reverses_transaction_id: string | null
  operation_id: string | null
  created_at: number
}

type TransactionRow = FactRow & { project_id: string; bucket: number; customer_id: string }

const TRANSACTIONS = `select c.project_id, t.bucket, t.customer_id, t.transaction_id, t.kind, t.actor, t.reason, t.request_id,
  t.purchase_id, t.store_transaction_id, t.reverses_transaction_id, t.operation_id, t.created_at
  from wallet_transactions t join customers c on c.bucket = t.bucket and c.customer_id = t.customer_id`

const FIND = statement(
  'wallet_transactions.find',
  `${TRANSACTIONS} where t.transaction_id = $2 and c.project_id = $1 limit 1`,
)
const OF_CHARGE = statement(
  'wallet_transactions.of_charge',
  `${TRANSACTIONS} where t.purchase_id = $2 and t.store_transaction_id = $3 and t.kind = any($4::text[]) and c.project_id = $1
   order by t.created_at, t.transaction_id`,
)
const OF_OPERATION = statement(
  'wallet_transactions.of_operation',
  `${TRANSACTIONS} where t.operation_id = $2 and t.kind = any($3::text[]) and c.project_id = $1
   order by t.created_at, t.transaction_id`,
)
const STANDING_REVERSALS = statement(
  'wallet_transactions.standing_reversals',
  `select r.transaction_id from wallet_transactions r where r.reverses_transaction_id = $1 and not exists (
     select from wallet_transactions u where u.reverses_transaction_id = r.transaction_id)`,
)
const POSTINGS = statement(
  'wallet_postings.of_transaction',
  `select account, currency, amount from wallet_postings
   where bucket = $1 and customer_id = $2 and transaction_id = $3 order by number`,
)
const NEW_LOTS = statement(
  'wallet_lots.of_transaction',
  `select ${LOT_COLUMNS} from wallet_lots where bucket = $1 and customer_id = $2 and transaction_id = $3 order by lot_id`,
)
const DRAWS = statement(
  'wallet_draws.of_transaction',
  `select d.amount as drawn, l.lot_id, l.currency, l.source, l.purchase_id, l.origin_lot_id, l.granted, l.remaining,
     l.expires_at, l.created_at
   from wallet_draws d join wallet_lots l on l.bucket = d.bucket and l.customer_id = d.customer_id and l.lot_id = d.lot_id
   where d.bucket = $1 and d.customer_id = $2 and d.transaction_id = $3 order by d.lot_id`,
)
/** What a list says of a transaction `t`. */
export const HISTORY_COLUMNS = `t.transaction_id, t.kind, t.actor, t.reason, t.request_id, t.purchase_id, t.store_transaction_id,
     t.reverses_transaction_id, t.operation_id, t.created_at,
     (select coalesce(json_agg(json_build_object('currency', p.currency, 'amount', p.amount) order by p.currency), '[]') from (
       select currency, sum(amount) as amount from wallet_postings where bucket = t.bucket and customer_id = t.customer_id
       and transaction_id = t.transaction_id and account = 'wallet' group by currency) p) as changes,
     (select r.transaction_id from wallet_transactions r where r.reverses_transaction_id = t.transaction_id and not exists (
       select from wallet_transactions u where u.reverses_transaction_id = r.transaction_id) limit 1) as reversed_by`

const HISTORY = statement(
  'wallet_transactions.history',
  `select ${HISTORY_COLUMNS}
   from wallet_transactions t where t.bucket = $1 and t.customer_id = $2 and ($4::text is null or t.transaction_id < $4)
     and ($5::text is null or t.kind = $5) and ($7::timestamptz is null or t.created_at >= $7)
     and ($8::timestamptz is null or t.created_at < $8)
     and ($6::text is null or exists (select from wallet_postings p where p.bucket = t.bucket
       and p.customer_id = t.customer_id and p.transaction_id = t.transaction_id and p.currency = $6))
   order by t.transaction_id desc limit $3`,
)

/** A page of a customer's ledger. Ids begin with their time, so the newest are the highest. */
export async function readHistory(query: Query, ref: CustomerRef, page: HistoryPage): Promise<HistoryEntry[]> {
  const { limit, before, kind, currency, since, until } = page
  const filters = [limit, before, kind, currency, timeOf(since), timeOf(until)]
  const rows = await query<HistoryRow>(HISTORY, [ref.bucket, ref.customerId, ...filters])
  return rows.map(historyEntryFromRow)
}

export type HistoryRow = FactRow & Pick<HistoryEntry, 'changes'> & { reversed_by: string | null }

/** The row that `HISTORY_COLUMNS` makes. */
export function historyEntryFromRow(row: HistoryRow): HistoryEntry {
  return { ...factsFromRow(row), changes: row.changes, reversedBy: row.reversed_by }
}

/** What was written into the ledger before. */
export function walletHistory(
  query: Query,
): Pick<TxWallet, 'findTransaction' | 'ofCharge' | 'ofOperation' | 'standingReversals'> {
  return {
    async findTransaction(projectId, transactionId) {
      const [row] = await query<TransactionRow>(FIND, [projectId, transactionId])
      return row === undefined ? null : readTransaction(query, row)
    },
    async ofCharge({ projectId, purchaseId, storeTransactionId }, kinds) {
      const rows = await query<TransactionRow>(OF_CHARGE, [projectId, purchaseId, storeTransactionId, kinds])
      return Promise.all(rows.map((row) => readTransaction(query, row)))
    },
    async ofOperation(projectId, operationId, kinds) {
      const rows = await query<TransactionRow>(OF_OPERATION, [projectId, operationId, kinds])
      return Promise.all(rows.map((row) => readTransaction(query, row)))
    },
    async standingReversals(transactionId) {
      const rows = await query<{ transaction_id: string }>(STANDING_REVERSALS, [transactionId])
      return rows.map((row) => row.transaction_id)
    },
  }
}

async function readTransaction(query: Query, row: TransactionRow): Promise<RecordedTransaction> {
  const key = [row.bucket, row.customer_id, row.transaction_id]
  const [postings, newLots, draws] = await Promise.all([
    query<Posting>(POSTINGS, key),
    query<LotRow>(NEW_LOTS, key),
    query<LotRow & { drawn: number }>(DRAWS, key),
  ])
  return {
    owner: { projectId: row.project_id, bucket: row.bucket, customerId: row.customer_id },
    ...factsFromRow(row),
    changes: changesOf(postings, newLots, draws),
  }
}

/** What a transaction's own row says. */
export function factsFromRow(row: FactRow): Omit<LedgerTransaction, 'changes'> {
  return {
    transactionId: row.transaction_id,
    kind: row.kind,
    actor: row.actor,
    reason: row.reason,
    requestId: row.request_id,
    purchaseId: row.purchase_id,
    storeTransactionId: row.store_transaction_id,
    reversesTransactionId: row.reverses_transaction_id,
    operationId: row.operation_id,
    createdAt: row.created_at,
  }
}

function changesOf(
  postings: readonly Posting[],
  newLots: readonly LotRow[],
  draws: ReadonlyArray<LotRow & { drawn: number }>,
): RecordedChange[] {
  const currencies = [...new Set(postings.map(({ currency }) => currency))]
  const isOf = (currency: string) => (item: { currency: string }) => item.currency === currency
  return currencies.map((currency) => ({
    currency,
    postings: postings.filter(isOf(currency)),
    newLots: newLots.filter(isOf(currency)).map(lotFromRow),
    draws: draws.filter(isOf(currency)).map((row) => ({ lotId: row.lot_id, amount: row.drawn, lot: lotFromRow(row) })),
  }))
}
