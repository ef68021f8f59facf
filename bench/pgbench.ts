import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { SERVER_ROLE } from '../src/db/embedded/server-plan.ts'

const SECONDS = 3
/** Measured: more clients than this make it slower on few cores. */
const CLIENTS = 16

/**
 * What one adjustment writes, as a database client without any server in between would: lock the customer, look for the
 * key, read the wallet, and write key, ledger with its chain, lot, balance, event and revision. `n` is the customer's
 * number; the hash is as long as a real one, and computed by nobody.
 */
const SCRIPT = `
begin;
select c.bucket as b, c.customer_id as id, c.project_id as p, c.revision as r, c.ledger_sequence as s, c.ledger_hash as h
  from customers c
  where (c.bucket, c.customer_id) = (select bucket, customer_id from bench_customers where n = :n) for no key update \\gset
\\set key random(1, 1000000000000)
\\set bucket random(0, 1023)
select fingerprint from idempotency_keys where bucket = :bucket and project_id = :p and scope = 'pgbench' and key = :key::text;
select currency, balance, owed from wallet_balances where bucket = :b and customer_id = :id;
select lot_id from wallet_lots where bucket = :b and customer_id = :id and remaining > 0 and expires_at <= now();
insert into idempotency_keys (bucket, project_id, scope, key, fingerprint, answer, created_at)
  values (:bucket, :p, 'pgbench', :key::text, '["bench-1","CRD",1,"benchmark"]', '{"userId":"bench-1","currency":"CRD","amount":1,"balance":501,"reason":"benchmark","transactionId":"wtxn0123456789abcdef0123456789abcdef","createdAt":1790000000000}', now()) on conflict do nothing;
insert into wallet_transactions (bucket, customer_id, transaction_id, kind, actor, reason, request_id, created_at, sequence, previous_hash, hash)
  values (:b, :id, 'pgb' || :key, 'admin_adjust', 'pgbench', 'benchmark', '0123456789abcdef', now(), :s + 1, :h, repeat('0123456789abcdef', 4));
insert into wallet_postings (bucket, customer_id, transaction_id, number, account, currency, amount)
  values (:b, :id, 'pgb' || :key, 1, 'issued_by_operator', 'CRD', -1), (:b, :id, 'pgb' || :key, 2, 'wallet', 'CRD', 1);
insert into wallet_lots (bucket, customer_id, lot_id, currency, transaction_id, source, granted, remaining, created_at)
  values (:b, :id, 'pgb' || :key, 'CRD', 'pgb' || :key, 'operator', 1, 1, now());
insert into wallet_balances (bucket, customer_id, currency, balance, owed) values (:b, :id, 'CRD', 1, 0)
  on conflict (bucket, customer_id, currency) do update set balance = wallet_balances.balance + 1;
update customers set revision = revision + 1, ledger_sequence = ledger_sequence + 1, ledger_hash = repeat('0123456789abcdef', 4)
  where bucket = :b and customer_id = :id;
insert into events (bucket, customer_id, event_id, project_id, revision, type, occurred_at, data) values (:b, :id, 'pgb' || :key, :p, :r + 1,
  'VIRTUAL_CURRENCY_TRANSACTION', now(), '{"transactionId":"wtxn0123456789abcdef0123456789abcdef","source":"admin_api","adjustments":[{"currency":"CRD","amount":1}]}');
commit;
`

const SETUP = `create table if not exists bench_customers as
  select row_number() over (order by original_app_user_id)::int as n, bucket, customer_id from customers
  where original_app_user_id like 'bench-%';
create unique index if not exists bench_customers_n on bench_customers (n);`

/** The client tools of a PostgreSQL installation, and where the embedded server of a data folder listens. */
type Place = { bin: string; host: string; port: string }

/** Transactions a second of the script above over the first `wallets` customers, on the server of a data folder. */
export async function pgbenchAdjust(dataDir: string, wallets: number): Promise<number> {
  return pgbench(dataDir, `\\set n random(1, ${wallets})\n${SCRIPT}`)
}

/** Transactions a second of any script, which finds the customers `bench-0` and so on numbered in `bench_customers`. */
export async function pgbench(dataDir: string, script: string): Promise<number> {
  const place = await findPlace(dataDir)
  const folder = await mkdtemp(join(tmpdir(), 'purser-bench-'))
  const file = join(folder, 'script.sql')
  try {
    await writeFile(file, script)
    await psql(place, SETUP)
    const { stdout } = await promisify(execFile)(join(place.bin, 'pgbench'), [
      ...connectionOf(place),
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

/** What one statement answers, as its JSON value. */
export async function askJson(dataDir: string, text: string): Promise<unknown> {
  const place = await findPlace(dataDir)
  const { stdout } = await promisify(execFile)(join(place.bin, 'psql'), [
    ...connectionOf(place),
    '-qAt',
    '-c',
    text,
    'purser',
  ])
  return JSON.parse(stdout)
}

/** Runs statements on the embedded server of a data folder, past all of our code: for filling tables. */
export async function runSql(dataDir: string, text: string): Promise<void> {
  await psql(await findPlace(dataDir), text)
}

/** The same for a script of `psql`, with its own commands. */
export async function runScript(dataDir: string, text: string): Promise<void> {
  const place = await findPlace(dataDir)
  const file = join(dataDir, 'script.sql')
  await writeFile(file, text.replace(/^ +/gm, ''))
  const options = ['-q', '-v', 'ON_ERROR_STOP=1', '-f', file, 'purser']
  await promisify(execFile)(join(place.bin, 'psql'), [...connectionOf(place), ...options])
}

async function psql(place: Place, text: string): Promise<void> {
  const options = ['-q', '-v', 'ON_ERROR_STOP=1', '-c', text, 'purser']
  await promisify(execFile)(join(place.bin, 'psql'), [...connectionOf(place), ...options])
}

function connectionOf({ host, port }: Place): string[] {
  return ['-h', host, '-p', port, '-U', SERVER_ROLE]
}

async function findPlace(dataDir: string): Promise<Place> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [] as string[])
  const newest = versions.sort((one, other) => Number(other) - Number(one))[0]
  if (newest === undefined) throw new Error('this benchmark needs pgbench: install PostgreSQL')
  const pidFile = await readFile(join(dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8')
  const lines = pidFile.split('\n')
  return { bin: `/usr/lib/postgresql/${newest}/bin`, host: lines[4] ?? '', port: lines[3] ?? '' }
}
