import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { exportToFile, importFromFile } from '../../src/app/transfer.ts'
import type { Database } from '../../src/db/database.ts'
import { statement } from '../../src/db/statement.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { setAttributes } from '../../src/usecases/customers/set-attributes.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { bootstrapSession } from '../../src/usecases/realtime/bootstrap-session.ts'
import { setCreditsCap } from '../../src/usecases/usage/set-credits-cap.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { buy, createDemo, type Demo, testSecrets } from './demo.ts'
import type { World } from './world.ts'

/** The version that exports of tests say they were written by. */
export const WRITER = '9.8.7'

/** What arrays, JSON, COPY or a reader of lines could take for something else. */
const ODD_TEXTS = [
  '',
  ' ',
  'null',
  'NULL',
  '\\N',
  '\\',
  '"',
  "'",
  '{}',
  '{"a"}',
  '[1]',
  'a,b',
  '\t',
  '\n',
  '\r\n',
  '\u2028\u2029',
  '\u0001\u007f',
  '\ufeff',
]

/** A project with people who bought, renewed, merged and were helped, and with values that are easily bent. */
export async function fillWorld(world: World): Promise<Demo> {
  const { ctx, clock } = world
  const made = await createDemo(ctx)
  const { projectId } = made
  await buy(ctx, made, 'anna', 'pro_monthly')
  await buy(ctx, made, 'anna', 'credits_500')
  await buy(ctx, made, '$RCAnonymousID:0123456789abcdef0123456789abcdef', 'credits_500')
  clock.advance(1_234)
  await identifyCustomer(ctx, {
    projectId,
    appUserId: '$RCAnonymousID:0123456789abcdef0123456789abcdef',
    newAppUserId: 'bücher 📚',
  })
  await adjustBalance(ctx, goodwill(made, 'anna', 25, 'zd-1'))
  await adjustBalance(ctx, goodwill(made, 'bücher 📚', -120, 'zd-2'))
  const cap = { creditsTotal: 1_000, reason: 'early access', actor: 'support', requestId: null }
  await setCreditsCap(ctx, { projectId, userId: 'anna', ...cap })
  await setAttributes(ctx, {
    projectId,
    appUserId: 'anna',
    attributes: [{ key: '$email', value: 'anna@example.com', updatedAt: clock.now() }],
  })
  await bootstrapSession(
    { ctx, secrets: testSecrets, ensureCustomer: async () => ({ projectId, bucket: 0, customerId: 'unused' }) },
    { projectId, userId: 'anna' },
  )
  await fillWithOddValues(world.database, projectId)
  return made
}

async function fillWithOddValues(database: Database, projectId: string): Promise<void> {
  const random = fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), { numRuns: 1_500, seed: 7 })
  const texts = [...ODD_TEXTS, ...random].filter((text) => text.isWellFormed() && !text.includes('\0'))
  const odd = statement(
    'test.odd_attributes',
    `insert into customer_attributes (bucket, customer_id, key, value, updated_at)
     select c.bucket, c.customer_id, 'odd_' || t.number, t.value, '2026-01-31 10:00:00.123456+00'::timestamptz
       + t.number * interval '1 microsecond'
     from (select * from customers limit 1) c, unnest($1::text[]) with ordinality as t (value, number)`,
  )
  await database.query(odd, [[...texts, null]])
  await run(
    database,
    `insert into idempotency_keys (bucket, project_id, scope, key, fingerprint, answer, created_at) values
       (1, '${projectId}', 'test', 'spacing', 'f', '{ "a" : 1.00,\t"a":2e3 , "\\u0000é": [ ] }', '0044-03-15 12:00:00.000001+00 BC'),
       (1, '${projectId}', 'test', 'never', 'f', 'null', 'infinity');
     insert into realtime_tokens (bucket, token_hash, project_id, user_id, device_id, topics, created_at, expires_at) values
       (1, 'odd', '${projectId}', 'anna', 'd', array['a,b', '"', '\\', '', null, 'NULL', ' x ', '{}'], now(), 'infinity'),
       (1, 'none', '${projectId}', 'anna', 'd', '{}', '-infinity', now());
     update offerings set metadata = '{"big": 123456789012345678901234567890.10, "deep": {"b": [null, "\\u2028"], "a": 1e-9}}';
     insert into events (bucket, customer_id, event_id, project_id, revision, type, occurred_at, data) values
       (1, 'odd', 'odd', '${projectId}', 9223372036854775807, 'TEST', now(), '{"b": 1, "a": "\\\\ \\""}')`,
  )
}

export function goodwill({ projectId }: Demo, userId: string, amount: number, idempotencyKey: string | null) {
  const reason = `goodwill for ${userId}`
  return { projectId, userId, currency: 'CRD', amount, reason, idempotencyKey, actor: 'support', requestId: 'r' }
}

/** What the transfer needs of a running program. */
export function contextOf(database: Database) {
  return {
    ctx: { clock: { now: () => 0 } } as Ctx,
    engine: { database, label: 'test', close: async () => undefined },
    isReachable: async () => true,
  }
}

export function exportFrom(database: Database, path: string, force = false) {
  return exportToFile(contextOf(database), { file: path, force, version: WRITER, onProgress: () => undefined })
}

export function importInto(database: Database, path: string) {
  return importFromFile(contextOf(database), { file: path, onProgress: () => undefined, onCheck: () => undefined })
}

/** The lines of an export file. */
export async function linesOf(path: string): Promise<string[]> {
  const text = gunzipSync(await readFile(path)).toString()
  return text.trimEnd().split('\n')
}

export function run(database: Database, sql: string): Promise<unknown> {
  return database.withConnection((_query, raw) => raw(sql))
}

export async function tableNames(database: Database): Promise<string[]> {
  const rows = await database.query<{ name: string }>(
    statement(
      'test.table_names',
      "select tablename::text as name from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations' order by 1",
    ),
    [],
  )
  return rows.map(({ name }) => name)
}

/** All rows of all tables in PostgreSQL's own text, which differs when any byte of any value does. */
export async function contents(database: Database): Promise<Record<string, string[]>> {
  const result: Record<string, string[]> = {}
  for (const name of await tableNames(database)) {
    const rows = statement(`test.rows.${name}`, `select t::text as row from ${name} t order by t::text collate "C"`)
    result[name] = (await database.query<{ row: string }>(rows, [])).map(({ row }) => row)
  }
  return result
}
