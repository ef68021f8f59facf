import { type Query, type Statement, statement } from '../statement.ts'
import { ENTRY_COLUMNS, entryToValues, type LedgerEntry } from '../wallet-entry-rows.ts'
import { LOT_COLUMNS, lotToValues } from '../wallet-lot-rows.ts'
import { writeReferences } from '../wallet-references.ts'
import { columnsOf } from './columns-of.ts'
import type { GroupWrites } from './group-state.ts'

const INSERT_TRANSACTIONS = statement(
  'group.insert_transactions',
  `insert into wallet_transactions (${ENTRY_COLUMNS})
   select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
     $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::bigint[], $14::text[], $15::text[])`,
)
const INSERT_POSTINGS = statement(
  'group.insert_postings',
  `insert into wallet_postings (bucket, customer_id, transaction_id, number, account, currency, amount)
   select * from unnest($1::smallint[], $2::text[], $3::text[], $4::smallint[], $5::text[], $6::text[], $7::bigint[])`,
)
const INSERT_LOTS = statement(
  'group.insert_lots',
  `insert into wallet_lots (bucket, customer_id, transaction_id, ${LOT_COLUMNS})
   select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
     $9::bigint[], $10::bigint[], $11::timestamptz[], $12::timestamptz[])`,
)
const INSERT_DRAWS = statement(
  'group.insert_draws',
  `insert into wallet_draws (bucket, customer_id, transaction_id, lot_id, amount)
   select * from unnest($1::smallint[], $2::text[], $3::text[], $4::text[], $5::bigint[])`,
)

/** The immutable part of a group's ledger transactions, in their order: entries, postings, new lots and draws. */
export async function writeLedger(query: Query, transactions: GroupWrites['transactions']): Promise<void> {
  if (transactions.length === 0) return

  await Promise.all([
    query(INSERT_TRANSACTIONS, columnsOf(transactions.map(entryToValues), 15)),
    insert(query, INSERT_POSTINGS, transactions.flatMap(postingRows), 7),
    insert(query, INSERT_LOTS, transactions.flatMap(lotRows), 12),
    insert(query, INSERT_DRAWS, transactions.flatMap(drawRows), 5),
    writeReferences(
      query,
      transactions.map(({ ref, transaction }) => ({ ...transaction, owner: ref })),
    ),
  ])
}

function postingRows({ ref, transaction }: LedgerEntry): unknown[][] {
  return transaction.changes
    .flatMap((change) => change.postings)
    .map(({ account, currency, amount }, index) => [
      ref.bucket,
      ref.customerId,
      transaction.transactionId,
      index + 1,
      account,
      currency,
      amount,
    ])
}

function lotRows({ ref, transaction }: LedgerEntry): unknown[][] {
  return transaction.changes
    .flatMap((change) => change.newLots)
    .map((lot) => [ref.bucket, ref.customerId, transaction.transactionId, ...lotToValues(lot)])
}

function drawRows({ ref, transaction }: LedgerEntry): unknown[][] {
  return transaction.changes
    .flatMap((change) => change.draws)
    .map(({ lotId, amount }) => [ref.bucket, ref.customerId, transaction.transactionId, lotId, amount])
}

async function insert(query: Query, into: Statement, rows: readonly unknown[][], width: number): Promise<void> {
  if (rows.length > 0) await query(into, columnsOf(rows, width))
}
