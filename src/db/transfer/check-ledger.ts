import { type Query, statement } from '../statement.ts'
import { TransferError } from './transfer-error.ts'

type Violation = { customer_id: string; what: string }

/** Enough to see what kind of damage it is. */
const VIOLATIONS_TOLD = 5

const POSTINGS = statement(
  'transfer.check_postings',
  `select customer_id, 'the postings of ' || transaction_id || ' sum to ' || sum(amount) || ' ' || currency as what
   from wallet_postings group by bucket, customer_id, transaction_id, currency having sum(amount) <> 0
   limit ${VIOLATIONS_TOLD}`,
)
const BALANCES = statement(
  'transfer.check_balances',
  `select customer_id, 'the balance is ' || coalesce(b.balance, 0) || ' ' || currency || ' and its postings sum to '
     || coalesce(p.amount, 0) as what
   from wallet_balances b full join (
     select bucket, customer_id, currency, sum(amount) as amount from wallet_postings where account = 'wallet'
     group by bucket, customer_id, currency
   ) p using (bucket, customer_id, currency)
   where coalesce(b.balance, 0) <> coalesce(p.amount, 0) limit ${VIOLATIONS_TOLD}`,
)
const LOTS = statement(
  'transfer.check_lots',
  `select customer_id, 'the balance is ' || coalesce(b.balance, 0) || ' ' || currency || ' and its lots hold '
     || coalesce(l.remaining, 0) as what
   from wallet_balances b full join (
     select bucket, customer_id, currency, sum(remaining) as remaining from wallet_lots
     group by bucket, customer_id, currency
   ) l using (bucket, customer_id, currency)
   where coalesce(b.balance, 0) <> coalesce(l.remaining, 0) limit ${VIOLATIONS_TOLD}`,
)

/**
 * Computes the ledger again from its rows: each transaction sums to zero in each currency, and each balance is the sum of
 * the wallet's postings and of what remains in its lots.
 *
 * @throws TransferError `ledger-broken` that names the first customers concerned.
 */
export async function checkLedger(query: Query): Promise<void> {
  const found: Violation[] = []
  for (const check of [POSTINGS, BALANCES, LOTS]) found.push(...(await query<Violation>(check, [])))
  if (found.length === 0) return
  const told = found.slice(0, VIOLATIONS_TOLD).map(({ customer_id: id, what }) => `  customer ${id}: ${what}`)
  throw new TransferError(
    'ledger-broken',
    `The credits in the export do not add up, so nothing was imported:\n${told.join('\n')}`,
  )
}
