import type { CustomerRef } from '../core/customers/customer.ts'
import type { LedgerTransaction } from '../core/wallet/ledger-transaction.ts'
import type { Lot, Wallet } from '../core/wallet/wallet.ts'
import type { TxWallet } from '../usecases/ports.ts'
import { type Query, statement } from './statement.ts'
import { timeOf } from './wire-values.ts'

type LotRow = {
  lot_id: string
  currency: string
  source: Lot['source']
  purchase_id: string | null
  granted: number
  remaining: number
  expires_at: number | null
  created_at: number
}

const BALANCES = statement(
  'wallet_balances.list',
  'select currency, balance from wallet_balances where bucket = $1 and customer_id = $2 order by currency',
)
const OPEN_LOTS = statement(
  'wallet_lots.open',
  `select lot_id, currency, source, purchase_id, granted, remaining, expires_at, created_at from wallet_lots
   where bucket = $1 and customer_id = $2 and remaining > 0`,
)
const INSERT_TRANSACTION = statement(
  'wallet_transactions.insert',
  `insert into wallet_transactions (bucket, customer_id, transaction_id, kind, actor, reason, request_id, purchase_id,
   store_transaction_id, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
)
const INSERT_POSTINGS = statement(
  'wallet_postings.insert',
  `insert into wallet_postings (bucket, customer_id, transaction_id, number, account, currency, amount)
   select $1, $2, $3, t.number, t.account, t.currency, t.amount
   from unnest($4::text[], $5::text[], $6::bigint[]) with ordinality as t (account, currency, amount, number)`,
)
const INSERT_LOT = statement(
  'wallet_lots.insert',
  `insert into wallet_lots (bucket, customer_id, transaction_id, lot_id, currency, source, purchase_id, granted, remaining,
   expires_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
)
const DRAW = statement(
  'wallet_lots.draw',
  'update wallet_lots set remaining = remaining - $4 where bucket = $1 and customer_id = $2 and lot_id = $3',
)
const INSERT_DRAW = statement(
  'wallet_draws.insert',
  'insert into wallet_draws (bucket, customer_id, transaction_id, lot_id, amount) values ($1, $2, $3, $4, $5)',
)
const SET_BALANCE = statement(
  'wallet_balances.set',
  `insert into wallet_balances (bucket, customer_id, currency, balance) values ($1, $2, $3, $4)
   on conflict (bucket, customer_id, currency) do update set balance = excluded.balance`,
)

/** A customer's balance of every currency ever touched, by code. */
export function readBalances(query: Query) {
  return async (ref: CustomerRef): Promise<Map<string, number>> => {
    const rows = await query<{ currency: string; balance: number }>(BALANCES, [ref.bucket, ref.customerId])
    return new Map(rows.map((row) => [row.currency, row.balance]))
  }
}

export function walletRows(query: Query): TxWallet {
  const loadAll = (ref: CustomerRef) => loadWallets(query, ref)
  return {
    async load(ref, currencies) {
      const wallets = (await loadAll(ref)).filter((wallet) => currencies.includes(wallet.currency))
      return new Map(wallets.map((wallet) => [wallet.currency, wallet]))
    },
    async loadAll(ref) {
      return (await loadAll(ref)).filter((wallet) => wallet.balance > 0)
    },
    async append(ref, transaction) {
      await Promise.all([insertTransaction(query, ref, transaction), ...writeProjections(query, ref, transaction)])
    },
  }
}

async function loadWallets(query: Query, ref: CustomerRef): Promise<Wallet[]> {
  const [balances, lots] = await Promise.all([
    readBalances(query)(ref),
    query<LotRow>(OPEN_LOTS, [ref.bucket, ref.customerId]),
  ])
  return [...balances].map(([currency, balance]) => ({
    currency,
    balance,
    lots: lots.filter((lot) => lot.currency === currency).map(lotFromRow),
  }))
}

/** The immutable part: what happened. */
async function insertTransaction(query: Query, ref: CustomerRef, transaction: LedgerTransaction): Promise<void> {
  const postings = transaction.changes.flatMap((change) => change.postings)
  await Promise.all([
    query(INSERT_TRANSACTION, [
      ref.bucket,
      ref.customerId,
      transaction.transactionId,
      transaction.kind,
      transaction.actor,
      transaction.reason,
      transaction.requestId,
      transaction.purchaseId,
      transaction.storeTransactionId,
      timeOf(transaction.createdAt),
    ]),
    query(INSERT_POSTINGS, [
      ref.bucket,
      ref.customerId,
      transaction.transactionId,
      postings.map((posting) => posting.account),
      postings.map((posting) => posting.currency),
      postings.map((posting) => posting.amount),
    ]),
  ])
}

/** The part that can be computed again from the rest: lots, draws and balances. */
function writeProjections(query: Query, ref: CustomerRef, transaction: LedgerTransaction): Promise<unknown>[] {
  const key = [ref.bucket, ref.customerId]
  return transaction.changes.flatMap((change) => [
    ...change.newLots.map((lot) => query(INSERT_LOT, [...key, transaction.transactionId, ...lotToValues(lot)])),
    ...change.draws.flatMap((draw) => [
      query(DRAW, [...key, draw.lotId, draw.amount]),
      query(INSERT_DRAW, [...key, transaction.transactionId, draw.lotId, draw.amount]),
    ]),
    query(SET_BALANCE, [...key, change.currency, change.balanceAfter]),
  ])
}

function lotToValues(lot: Lot): unknown[] {
  return [
    lot.lotId,
    lot.currency,
    lot.source,
    lot.purchaseId,
    lot.granted,
    lot.remaining,
    timeOf(lot.expiresAt),
    timeOf(lot.createdAt),
  ]
}

function lotFromRow(row: LotRow): Lot {
  return {
    lotId: row.lot_id,
    currency: row.currency,
    source: row.source,
    purchaseId: row.purchase_id,
    granted: row.granted,
    remaining: row.remaining,
    expiresAt: row.expires_at,
    createdAt: row.created_at,
  }
}
