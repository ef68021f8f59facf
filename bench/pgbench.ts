import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SERVER_ROLE } from '../src/db/embedded/server-plan.ts'

const SECONDS = 3
const CLIENTS = 16

/**
 * What one adjustment writes, as a database client without any server in between would: lock the customer, look for the
 * key, read the wallet, and write key, ledger, lot, balance, event and revision. Customers are those of the benchmark.
 */
const SCRIPT = `
\\set n random(1, 200)
begin;
select c.bucket as b, c.customer_id as id, c.project_id as p, c.revision as r from customers c
  where (c.bucket, c.customer_id) = (select bucket, customer_id from bench_customers where n = :n) for no key update \\gset
\\set key random(1, 1000000000000)
select fingerprint from idempotency_keys where bucket = 0 and project_id = :p and scope = 'pgbench' and key = :key::text;
select currency, balance as balance from wallet_balances where bucket = :b and customer_id = :id \\gset
select lot_id from wallet_lots where bucket = :b and customer_id = :id and remaining > 0 limit 1;
insert into idempotency_keys values (0, :p, 'pgbench', :key::text, 'f', '{}', now()) on conflict do nothing;
insert into wallet_transactions values (:b, :id, 'pgb' || :key, 'admin_adjust', 'pgbench', 'benchmark', null, null, null, now());
insert into wallet_postings values (:b, :id, 'pgb' || :key, 1, 'issued_by_operator', 'CRD', -1), (:b, :id, 'pgb' || :key, 2, 'wallet', 'CRD', 1);
insert into wallet_lots values (:b, :id, 'pgb' || :key, 'CRD', 'pgb' || :key, 'operator', null, 1, 1, null, now());
update wallet_balances set balance = balance + 1 where bucket = :b and customer_id = :id and currency = 'CRD';
update customers set revision = revision + 1 where bucket = :b and customer_id = :id;
insert into events values (:b, :id, 'pgb' || :key, :p, :r + 1, 'VIRTUAL_CURRENCY_TRANSACTION', now(), '{}');
commit;
`

const SETUP = `create table if not exists bench_customers as
  select row_number() over (order by customer_id)::int as n, bucket, customer_id from customers;
create unique index if not exists bench_customers_n on bench_customers (n);`

/** Transactions a second of the script above, on the embedded server of a data folder. */
export async function pgbenchAdjust(dataDir: string): Promise<number> {
  const { bin, host, port } = await findPlace(dataDir)
  const folder = await mkdtemp(join(tmpdir(), 'purser-bench-'))
  const file = join(folder, 'adjust.sql')
  const connection = ['-h', host, '-p', port, '-U', SERVER_ROLE]
  const run = promisify(execFile)
  try {
    await writeFile(file, SCRIPT)
    await run(join(bin, 'psql'), [...connection, '-q', '-c', SETUP, 'purser'])
    const { stdout } = await run(join(bin, 'pgbench'), [
      ...connection,
      ...['-n', '-M', 'prepared', '-c', String(CLIENTS), '-j', '2', '-T', String(SECONDS), '-f', file],
      'purser',
    ])
    const tps = /tps = ([0-9.]+)/.exec(stdout)?.[1]
    if (tps === undefined) throw new Error(`pgbench printed no figure:\n${stdout}`)
    return Number(tps)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** The tools of the newest installed PostgreSQL, and the socket that the embedded server listens on. */
async function findPlace(dataDir: string): Promise<{ bin: string; host: string; port: string }> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [] as string[])
  const newest = versions.sort((one, other) => Number(other) - Number(one))[0]
  if (newest === undefined) throw new Error('this benchmark needs pgbench: install PostgreSQL')
  const pidFile = await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')
  const lines = pidFile.split('\n')
  return { bin: `/usr/lib/postgresql/${newest}/bin`, host: lines[4] ?? '', port: lines[3] ?? '' }
}
