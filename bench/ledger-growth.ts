import { runAdjustments } from './adjustments.ts'
import { against, alone, type Benchmark, type Measurement, median } from './measurement.ts'
import { type Bench, withContext } from './open-context.ts'
import { runSql } from './pgbench.ts'

const ROUNDS = 3
const WALLETS = 10_000
const IN_FLIGHT = 256
/** Postings in the ledger, two of each transaction. */
const SIZES = [10_000, 100_000, 1_000_000, 10_000_000]

/** The cost of a change as the ledger grows: it must not depend on how much lies in it. */
export const ledgerGrowth: Benchmark = {
  name: 'ledger-growth',
  isLong: true,
  run: () =>
    withContext(async (bench) => {
      await bench.createCustomers(WALLETS)
      const measurements: Measurement[] = []
      let small: number | null = null
      let filled = 0
      for (const size of SIZES) {
        await fill(bench, filled, size)
        filled = size
        const runs = []
        for (let round = 0; round < ROUNDS; round++) runs.push(await runAdjustments(bench, WALLETS, IN_FLIGHT))
        const rate = median(runs.map((one) => one.perSecond))
        const name = `adjust with ${size} rows in the ledger`
        small ??= rate
        measurements.push(against(`${name}, against ${SIZES[0]} rows`, 'changes/s', rate, small))
        measurements.push(alone('the same, p99', 'ms', median(runs.map((one) => one.p99Ms))))
      }
      return measurements
    }),
}

/**
 * Brings the ledger from one size to the next with grants of 1, spread over all customers as grants of years would be.
 * Their chain is not sealed: this ledger is for measuring, and nobody verifies it.
 */
async function fill({ dataDir }: Bench, fromPostings: number, toPostings: number): Promise<void> {
  await runSql(
    dataDir,
    `create temp table filled as
       with numbered as (select row_number() over () - 1 as n, bucket, customer_id from customers)
       select c.bucket, c.customer_id, 'fill' || lpad(g::text, 8, '0') as id
       from generate_series(${fromPostings / 2}, ${toPostings / 2 - 1}) as g join numbered c on c.n = g % ${WALLETS}
       order by c.bucket, c.customer_id, g;
     insert into wallet_transactions (bucket, customer_id, transaction_id, kind, actor, reason, created_at)
       select bucket, customer_id, id, 'admin_adjust', 'fill', 'benchmark', now() from filled;
     insert into wallet_postings (bucket, customer_id, transaction_id, number, account, currency, amount)
       select bucket, customer_id, id, n, case n when 1 then 'issued_by_operator' else 'wallet' end, 'CRD', n * 2 - 3
       from filled cross join generate_series(1, 2) as n;
     insert into wallet_lots (bucket, customer_id, lot_id, currency, transaction_id, source, granted, remaining, created_at)
       select bucket, customer_id, id, 'CRD', id, 'operator', 1, 1, now() from filled;
     insert into wallet_balances (bucket, customer_id, currency, balance)
       select bucket, customer_id, 'CRD', count(*) from filled group by 1, 2
       on conflict (bucket, customer_id, currency) do update set balance = wallet_balances.balance + excluded.balance;`,
  )
  await runSql(dataDir, 'vacuum analyze')
}
