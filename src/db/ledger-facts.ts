import type { CustomerRef } from '../core/customers/customer.ts'
import type { BalanceFacts, Cause, LedgerCheck, LotStory, Movement } from '../core/wallet/explain-balance.ts'
import type { LedgerKind } from '../core/wallet/ledger-transaction.ts'
import type { AccountSum } from '../core/wallet/statement.ts'
import type { BalanceLimits, LedgerReads } from '../usecases/ports/ledger.ts'
import { holdReads } from './holds.ts'
import { type Query, statement } from './statement.ts'
import { LOT_COLUMNS, type LotRow, lotFromRow } from './wallet-lot-rows.ts'
import { verifyCustomer } from './wallet-verify.ts'
import { timeOf } from './wire-values.ts'

/** Readings of a ledger before it is given up to compare it: somebody writes all the time. */
const READINGS_MAX = 3

const HEAD = statement(
  'ledger_facts.head',
  'select ledger_sequence as sequence from customers where bucket = $1 and customer_id = $2',
)
const SUMS = statement(
  'ledger_facts.sums',
  `select coalesce((select balance from wallet_balances where bucket = $1 and customer_id = $2 and currency = $3), 0) as balance,
     coalesce((select owed from wallet_balances where bucket = $1 and customer_id = $2 and currency = $3), 0) as owed,
     (select coalesce(sum(authorised - captured), 0)::bigint from wallet_holds
       where bucket = $1 and customer_id = $2 and currency = $3 and status = 'open') as held,
     count(*) as lots, coalesce(sum(granted), 0)::bigint as granted, coalesce(sum(remaining), 0)::bigint as remaining,
     coalesce(sum(remaining) filter (where expires_at <= $4), 0)::bigint as lapsed
   from wallet_lots where bucket = $1 and customer_id = $2 and currency = $3`,
)
const ACCOUNTS = statement(
  'ledger_facts.accounts',
  `select account, currency, sum(amount)::bigint as amount from wallet_postings
   where bucket = $1 and customer_id = $2 and currency = $3 group by account, currency order by account`,
)
/** Lots that hold something first, what lapses soonest before the rest, then the newest. */
const LOTS = statement(
  'ledger_facts.lots',
  `select ${LOT_COLUMNS}, transaction_id from wallet_lots where bucket = $1 and customer_id = $2 and currency = $3
   order by remaining > 0 desc, case when remaining > 0 then expires_at end nulls last, lot_id desc limit $4`,
)
const MOVEMENTS = statement(
  'ledger_facts.movements',
  `select lot_id, transaction_id, amount, moves, moved from (
     select *, count(*) over own as moves, (sum(amount) over own)::bigint as moved,
       row_number() over (partition by lot_id order by transaction_id desc) as place
     from wallet_draws where bucket = $1 and customer_id = $2 and lot_id = any($3::text[])
     window own as (partition by lot_id)) d
   where place <= $4 order by transaction_id desc`,
)
/** The product is that of the charge, while the purchase is still here. Ids alone find them, see `ledger-search.ts`. */
const CAUSES = statement(
  'ledger_facts.causes',
  `select t.transaction_id, t.kind, t.actor, t.reason, t.store_transaction_id, t.created_at,
     (select p.store_product_id from purchase_transactions b join products p on p.product_id = b.product_id
       where b.bucket = t.bucket and b.customer_id = t.customer_id and b.purchase_id = t.purchase_id
       and b.store_transaction_id = t.store_transaction_id limit 1) as product
   from wallet_transactions t where t.transaction_id = any($1::text[])`,
)

type SumsRow = BalanceFacts['booked'] & BalanceFacts['totals'] & { held: number }
type CauseRow = {
  transaction_id: string
  kind: LedgerKind
  actor: string
  reason: string | null
  store_transaction_id: string | null
  created_at: number
  product: string | null
}
type MadeLotRow = LotRow & { transaction_id: string }
type MovementRow = { lot_id: string; transaction_id: string; amount: number; moves: number; moved: number }

/**
 * Reads all that explains a balance. The end of the chain is read before and after: if it did not move, nothing was
 * written in between, and what was read is one moment, without holding anybody up.
 */
export function balanceFacts(query: Query): LedgerReads['balanceFacts'] {
  return async (ref, currency, { now, hash, limits }) => {
    for (let reading = 1; ; reading++) {
      const before = await readHead(query, ref)
      const [facts, check] = await Promise.all([
        readFacts(query, ref, currency, { now, limits }),
        checkLedger(query, ref, { hash, length: before, limits }),
      ])
      if ((await readHead(query, ref)) === before) return { ...facts, check }
      if (reading === READINGS_MAX) return { ...facts, check: { outcome: 'busy' } }
    }
  }
}

async function readHead(query: Query, ref: CustomerRef): Promise<number> {
  const [head] = await query<{ sequence: number }>(HEAD, [ref.bucket, ref.customerId])
  return head?.sequence ?? 0
}

async function checkLedger(
  query: Query,
  ref: CustomerRef,
  { hash, length, limits }: { hash: (text: string) => string; length: number; limits: BalanceLimits },
): Promise<LedgerCheck> {
  if (length > limits.verified) return { outcome: 'too_long', transactions: length }
  const fault = await verifyCustomer(query, ref, hash)
  return fault === null ? { outcome: 'sound', transactions: length } : { outcome: 'broken', fault }
}

async function readFacts(
  query: Query,
  ref: CustomerRef,
  currency: string,
  { now, limits }: { now: number; limits: BalanceLimits },
): Promise<Omit<BalanceFacts, 'check'>> {
  const key = [ref.bucket, ref.customerId]
  const [sums, accounts, lots, holds] = await Promise.all([
    query<SumsRow>(SUMS, [...key, currency, timeOf(now)]),
    query<AccountSum>(ACCOUNTS, [...key, currency]),
    query<MadeLotRow>(LOTS, [...key, currency, limits.lots]),
    holdReads(query).ofCustomer(ref, { isOpen: true, limit: limits.holds }),
  ])
  const movements = await query<MovementRow>(MOVEMENTS, [...key, lots.map((lot) => lot.lot_id), limits.movements])
  const ids = new Set([...lots, ...movements].map((row) => row.transaction_id))
  const causes = new Map((await query<CauseRow>(CAUSES, [[...ids]])).map((row) => [row.transaction_id, row]))
  const movesOf = Map.groupBy(movements, (row) => row.lot_id)
  const { balance = 0, owed = 0, held = 0, ...totals } = sums[0] ?? { lots: 0, granted: 0, remaining: 0, lapsed: 0 }
  return {
    currency,
    booked: { balance, owed },
    accounts,
    totals,
    stories: lots.flatMap((row) => storyFromRows(row, movesOf.get(row.lot_id) ?? [], causes)),
    holds: holds.filter((hold) => hold.currency === currency),
    held,
  }
}

/** None when a transaction is missing: the check of the ledger tells of that. */
function storyFromRows(
  row: MadeLotRow,
  moves: readonly MovementRow[],
  causes: ReadonlyMap<string, CauseRow>,
): LotStory[] {
  const madeBy = causes.get(row.transaction_id)
  if (madeBy === undefined) return []
  const movements = moves.flatMap((move): Movement[] => {
    const cause = causes.get(move.transaction_id)
    return cause === undefined ? [] : [{ ...causeFromRow(cause), amount: move.amount }]
  })
  const [first] = moves
  const earlier = {
    count: (first?.moves ?? 0) - movements.length,
    amount: movements.reduce((left, { amount }) => left - amount, first?.moved ?? 0),
  }
  return [{ lot: lotFromRow(row), madeBy: causeFromRow(madeBy), product: madeBy.product, movements, earlier }]
}

function causeFromRow(row: CauseRow): Cause {
  return {
    transactionId: row.transaction_id,
    kind: row.kind,
    actor: row.actor,
    reason: row.reason,
    storeTransactionId: row.store_transaction_id,
    createdAt: row.created_at,
  }
}
