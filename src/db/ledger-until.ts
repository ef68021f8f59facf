import type { AccountSum, LotSum } from '../core/wallet/statement.ts'
import type { LedgerReads } from '../usecases/ports/ledger.ts'
import { holdsOpenAt } from './holds.ts'
import { type Query, statement } from './statement.ts'
import { LOT_COLUMNS, type LotRow, lotFromRow } from './wallet-lot-rows.ts'
import { timeOf } from './wire-values.ts'

/**
 * The newest transaction that is not later than a moment. The chain says what was before it, and not the clock, which may
 * have been another server's: so what is summed up is always a state that the wallet was in. Transactions that are older
 * than the chain have number 0.
 *
 * Ids are nearly in the order of the chain, and the key of every table of the ledger; so what was before is told by the id
 * of the last one, and by the few that are on the other side of it (`more`, `less`).
 */
const LAST = statement(
  'ledger_until.last',
  `with last as (
     select sequence, transaction_id from wallet_transactions
     where bucket = $1 and customer_id = $2 and created_at <= $3 order by sequence desc, transaction_id desc limit 1)
   select transaction_id,
     array(select t.transaction_id from wallet_transactions t where t.bucket = $1 and t.customer_id = $2
       and t.sequence < last.sequence and t.transaction_id > last.transaction_id) as more,
     array(select t.transaction_id from wallet_transactions t where t.bucket = $1 and t.customer_id = $2
       and t.sequence > last.sequence and t.transaction_id < last.transaction_id) as less
   from last`,
)

/**
 * These add up without a join: the planner takes a customer with very many transactions for one with few, and would look
 * through all of them for each.
 */
const BEFORE = `bucket = $1 and customer_id = $2
   and (transaction_id <= $3 and transaction_id <> all($5::text[]) or transaction_id = any($4::text[]))`

const ACCOUNTS = statement(
  'ledger_until.accounts',
  `select account, currency, sum(amount)::bigint as amount from wallet_postings where ${BEFORE} group by account, currency`,
)

/** What was left in each lot: what was granted, less what was drawn until then. */
const LOTS = statement(
  'ledger_until.lots',
  `with moved as (
     select lot_id, currency, source, purchase_id, origin_lot_id, granted, expires_at, created_at, granted as amount
     from wallet_lots where ${BEFORE}
     union all select lot_id, null, null, null, null, null, null, null, -amount from wallet_draws where ${BEFORE}),
   left_over as (
     select lot_id, max(currency) as currency, max(source) as source, max(purchase_id) as purchase_id,
       max(origin_lot_id) as origin_lot_id, max(granted) as granted, max(expires_at) as expires_at,
       max(created_at) as created_at, sum(amount)::bigint as remaining
     from moved group by lot_id having sum(amount) > 0)
   select ${LOT_COLUMNS}, of_lots, of_remaining, of_lapsed from (
     select *, count(*) over own as of_lots, (sum(remaining) over own)::bigint as of_remaining,
       coalesce(sum(remaining) filter (where expires_at <= $6) over own, 0)::bigint as of_lapsed,
       row_number() over (partition by currency order by expires_at nulls last, created_at, lot_id) as place
     from left_over window own as (partition by currency)) lots
   where place <= $7`,
)

type LastRow = { transaction_id: string; more: string[]; less: string[] }
type LeftRow = LotRow & { of_lots: number; of_remaining: number; of_lapsed: number }

/** What a customer's ledger said at moments that are past. */
export function ledgerUntil(query: Query): Pick<LedgerReads, 'until' | 'holdsOpenAt'> {
  return {
    async until(ref, at, lotsMax) {
      const key = [ref.bucket, ref.customerId]
      const [last] = await query<LastRow>(LAST, [...key, timeOf(at)])
      if (last === undefined) return { accounts: [], lots: [], sums: [] }
      // What is before the last one never changes, so these need not see the same moment of the database.
      const before = [...key, last.transaction_id, last.more, last.less]
      const [accounts, rows] = await Promise.all([
        query<AccountSum>(ACCOUNTS, before),
        query<LeftRow>(LOTS, [...before, timeOf(at), lotsMax]),
      ])
      const sums = new Map(rows.map((row) => [row.currency, sumFromRow(row)]))
      return { accounts, lots: rows.map(lotFromRow), sums: [...sums.values()] }
    },
    holdsOpenAt: holdsOpenAt(query),
  }
}

function sumFromRow(row: LeftRow): LotSum {
  return { currency: row.currency, lots: row.of_lots, remaining: row.of_remaining, lapsed: row.of_lapsed }
}
