import type { CustomerRef } from '../core/customers/customer.ts'
import { ConflictError } from '../core/lib/conflict-error.ts'
import type { ChainLink } from '../core/wallet/chain.ts'
import type { LedgerTransaction } from '../core/wallet/ledger-transaction.ts'
import { type Query, statement } from './statement.ts'
import { ENTRY_COLUMNS, entryToValues } from './wallet-entry-rows.ts'
import { LOT_COLUMNS, lotToValues } from './wallet-lot-rows.ts'
import { writeReferences } from './wallet-references.ts'

const INSERT_TRANSACTION = statement(
  'wallet_transactions.insert',
  `insert into wallet_transactions (${ENTRY_COLUMNS})
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
)
const INSERT_POSTINGS = statement(
  'wallet_postings.insert',
  `insert into wallet_postings (bucket, customer_id, transaction_id, number, account, currency, amount)
   select $1, $2, $3, t.number, t.account, t.currency, t.amount
   from unnest($4::text[], $5::text[], $6::bigint[]) with ordinality as t (account, currency, amount, number)`,
)
const INSERT_LOT = statement(
  'wallet_lots.insert',
  `insert into wallet_lots (bucket, customer_id, transaction_id, ${LOT_COLUMNS})
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
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
  `insert into wallet_balances (bucket, customer_id, currency, balance, owed) values ($1, $2, $3, $4, $5)
   on conflict (bucket, customer_id, currency) do update set balance = excluded.balance, owed = excluded.owed`,
)

const MOVE_HEAD = statement(
  'customers.move_ledger_head',
  `update customers set ledger_sequence = $3, ledger_hash = $4 where bucket = $1 and customer_id = $2
   and ledger_sequence = $3 - 1 and ledger_hash = $5 returning 1`,
)

/** Writes a ledger transaction with everything that is kept together with it. */
export async function appendTransaction(
  query: Query,
  ref: CustomerRef,
  transaction: LedgerTransaction,
  link: ChainLink,
): Promise<void> {
  const [moved] = await Promise.all([
    query(MOVE_HEAD, [ref.bucket, ref.customerId, link.sequence, link.hash, link.previousHash]),
    insertTransaction(query, ref, transaction, link),
    ...writeProjections(query, ref, transaction),
    writeReferences(query, [{ ...transaction, owner: ref }]),
  ])
  if (moved.length !== 1) throw new ConflictError('another transaction was appended to the ledger')
}

/** The immutable part: what happened. */
async function insertTransaction(
  query: Query,
  ref: CustomerRef,
  transaction: LedgerTransaction,
  link: ChainLink,
): Promise<void> {
  const postings = transaction.changes.flatMap((change) => change.postings)
  await Promise.all([
    query(INSERT_TRANSACTION, entryToValues({ ref, transaction, link })),
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
    query(SET_BALANCE, [...key, change.currency, change.balanceAfter, change.owedAfter]),
  ])
}
