import type { CustomerRef } from '../core/customers/customer.ts'
import type { Clock } from '../core/lib/clock.ts'
import { type ChainHead, EMPTY_CHAIN } from '../core/wallet/chain.ts'
import type { DebtPolicy } from '../core/wallet/policy.ts'
import type { Wallet } from '../core/wallet/wallet.ts'
import type { LotsNeeded, TxWallet, WalletReads } from '../usecases/ports.ts'
import { type Query, statement } from './statement.ts'
import { readHistory, walletHistory } from './wallet-history.ts'
import { LOT_COLUMNS, type LotRow, lotFromRow } from './wallet-lot-rows.ts'
import { appendTransaction } from './wallet-writes.ts'
import { timeOf } from './wire-values.ts'

/** What can be spent now. Lots whose end has come count no more, though their lapse may not be booked yet. */
const BALANCES = statement(
  'wallet_balances.list',
  `select b.currency, b.balance - coalesce((select sum(l.remaining) from wallet_lots l where l.bucket = b.bucket
     and l.customer_id = b.customer_id and l.currency = b.currency and l.remaining > 0 and l.expires_at <= $3), 0)::bigint as balance
   from wallet_balances b where b.bucket = $1 and b.customer_id = $2 order by b.currency`,
)
const BOOKED_BALANCES = statement(
  'wallet_balances.booked',
  'select currency, balance, owed from wallet_balances where bucket = $1 and customer_id = $2 order by currency',
)
const HEAD = statement(
  'customers.ledger_head',
  'select ledger_sequence as sequence, ledger_hash as hash from customers where bucket = $1 and customer_id = $2',
)
const OPEN_LOTS = statement(
  'wallet_lots.open',
  `select ${LOT_COLUMNS} from wallet_lots where bucket = $1 and customer_id = $2 and remaining > 0`,
)
const LAPSED_LOTS = statement(
  'wallet_lots.lapsed',
  `select ${LOT_COLUMNS} from wallet_lots where bucket = $1 and customer_id = $2 and remaining > 0 and expires_at <= $3`,
)
const LAPSING = statement(
  'wallet_lots.lapsing',
  `select distinct c.project_id, c.bucket, c.customer_id from (
     select bucket, customer_id from wallet_lots where remaining > 0 and expires_at <= $1 order by expires_at limit $2) l
   join customers c using (bucket, customer_id)`,
)
const LAPSED_OF = statement(
  'wallet_lots.lapsed_of',
  `select coalesce(sum(d.amount), 0)::bigint as lapsed from wallet_lots l
   join wallet_draws d on d.bucket = l.bucket and d.customer_id = l.customer_id and d.lot_id = l.lot_id
   join wallet_transactions t on t.bucket = d.bucket and t.customer_id = d.customer_id
     and t.transaction_id = d.transaction_id and t.kind = 'expire'
   where l.bucket = $1 and l.customer_id = $2 and (l.lot_id = any($3::text[]) or l.origin_lot_id = any($3::text[]))`,
)
const DEBT_POLICIES = statement(
  'currencies.debt_policies',
  'select code, debt_policy from currencies where project_id = $1',
)

export function walletReads(query: Query, clock: Clock): WalletReads {
  const { findTransaction, standingReversals } = walletHistory(query)
  return {
    transaction: findTransaction,
    standingReversals,
    history: (ref, page) => readHistory(query, ref, page),
    async balances(ref) {
      const values = [ref.bucket, ref.customerId, timeOf(clock.now())]
      const rows = await query<{ currency: string; balance: number }>(BALANCES, values)
      return new Map(rows.map((row) => [row.currency, row.balance]))
    },
    async lapsing(now, limit) {
      type Row = { project_id: string; bucket: number; customer_id: string }
      const rows = await query<Row>(LAPSING, [timeOf(now), limit])
      return rows.map((row) => ({ projectId: row.project_id, bucket: row.bucket, customerId: row.customer_id }))
    },
  }
}

export function walletRows(query: Query): TxWallet {
  return {
    ...walletHistory(query),
    load: (ref, needed, now) => loadWallets(query, ref, needed, now),
    async lapsedOf(owners, lotIds) {
      const sums = await Promise.all(
        owners.map((ref) => query<{ lapsed: number }>(LAPSED_OF, [ref.bucket, ref.customerId, lotIds])),
      )
      return sums.flat().reduce((sum, { lapsed }) => sum + lapsed, 0)
    },
    async debtPolicies(projectId) {
      const rows = await query<{ code: string; debt_policy: DebtPolicy }>(DEBT_POLICIES, [projectId])
      return new Map(rows.map((row) => [row.code, row.debt_policy]))
    },
    append: (ref, transaction, link) => appendTransaction(query, ref, transaction, link),
  }
}

async function loadWallets(
  query: Query,
  ref: CustomerRef,
  needed: LotsNeeded,
  now: number,
): ReturnType<TxWallet['load']> {
  const key = [ref.bucket, ref.customerId]
  const [balances, rows, [head]] = await Promise.all([
    query<{ currency: string; balance: number; owed: number }>(BOOKED_BALANCES, key),
    needed === 'all' ? query<LotRow>(OPEN_LOTS, key) : query<LotRow>(LAPSED_LOTS, [...key, timeOf(now)]),
    query<ChainHead>(HEAD, key),
  ])
  const lots = rows.map(lotFromRow)
  const wallets = balances.map((row): [string, Wallet] => [
    row.currency,
    { ...row, lots: lots.filter((lot) => lot.currency === row.currency) },
  ])
  return { wallets: new Map(wallets), head: head ?? EMPTY_CHAIN }
}
