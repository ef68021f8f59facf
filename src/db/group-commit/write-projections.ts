import type { CustomerRef } from '../../core/customers/customer.ts'
import { type Query, statement } from '../statement.ts'
import { columnsOf } from './columns-of.ts'
import type { GroupWrites, MovedCustomer } from './group-state.ts'

const DRAW_LOTS = statement(
  'group.draw_lots',
  `update wallet_lots l set remaining = l.remaining - d.amount
   from unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[]) as d (bucket, customer_id, lot_id, amount)
   where l.bucket = d.bucket and l.customer_id = d.customer_id and l.lot_id = d.lot_id`,
)
const SET_BALANCES = statement(
  'group.set_balances',
  `insert into wallet_balances (bucket, customer_id, currency, balance, owed)
   select * from unnest($1::smallint[], $2::text[], $3::text[], $4::bigint[], $5::bigint[])
   on conflict (bucket, customer_id, currency) do update set balance = excluded.balance, owed = excluded.owed`,
)

/** Brings lots and balances to where the group's ledger transactions have led, each row once. */
export async function writeProjections(
  query: Query,
  moved: readonly MovedCustomer[],
  transactions: GroupWrites['transactions'],
): Promise<void> {
  const draws = drawnLots(transactions)
  const balances = moved.flatMap(changedBalances)
  await Promise.all([
    draws.length > 0 && query(DRAW_LOTS, columnsOf(draws, 4)),
    balances.length > 0 && query(SET_BALANCES, columnsOf(balances, 5)),
  ])
}

/** How much all transactions together took out of each lot. A row that one statement updates twice is updated once. */
function drawnLots(transactions: GroupWrites['transactions']): unknown[][] {
  const lots = new Map<string, { ref: CustomerRef; amount: number }>()
  for (const { ref, transaction } of transactions) {
    for (const { lotId, amount } of transaction.changes.flatMap((change) => change.draws)) {
      lots.set(lotId, { ref, amount: (lots.get(lotId)?.amount ?? 0) + amount })
    }
  }
  return [...lots]
    .filter(([, { amount }]) => amount !== 0)
    .map(([lotId, { ref, amount }]) => [ref.bucket, ref.customerId, lotId, amount])
}

function changedBalances({ before, after }: MovedCustomer): unknown[][] {
  const { bucket, customerId } = after.customer
  return [...after.wallets.values()]
    .filter((wallet) => wallet !== before.wallets.get(wallet.currency))
    .map(({ currency, balance, owed }) => [bucket, customerId, currency, balance, owed])
}
