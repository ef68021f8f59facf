import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { debianPostgresBin } from '../../scripts/system-tools.mjs'
import { exportToFile, importFromFile } from '../../src/app/transfer.ts'
import type { Database } from '../../src/db/database.ts'
import { startEmbedded } from '../../src/db/embedded/start.ts'
import { migrate, readMigrations } from '../../src/db/migrate.ts'
import { statement } from '../../src/db/statement.ts'
import { readTables } from '../../src/db/transfer/catalogue.ts'
import { toLine } from '../../src/db/transfer/export-format.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { setAttributes } from '../../src/usecases/customers/set-attributes.ts'
import { bootstrapSession } from '../../src/usecases/realtime/bootstrap-session.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { openTestDatabase } from '../support/database.ts'
import { balanceOf, buy, createDemo, type Demo, testSecrets } from '../support/demo.ts'
import { openWorld, type World } from '../support/world.ts'

let source: World
let demo: Demo
let folder: string
let file: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'purser-transfer-'))
  file = join(folder, 'whole.export.gz')
  source = await openWorld()
  demo = await fill(source)
  await exportFrom(source.database, file)
})
afterAll(async () => {
  await source.close()
  await rm(folder, { recursive: true, force: true })
})

let target: World
beforeEach(async () => {
  target = await openWorld()
  return () => target.close()
})

test('every table comes out as it went in, row by row', async () => {
  const report = await importInto(target.database, file)
  expect(await contents(target.database)).toEqual(await contents(source.database))
  expect(Object.keys(report.tables).sort()).toEqual(await tableNames(source.database))
  expect(report.rows).toBeGreaterThan(1_000)
})

test('use cases go on where they were: a replay is known, a balance can be spent', async () => {
  await importInto(target.database, file)
  expect(await adjustBalance(target.ctx, goodwill(demo, 'anna', 25, 'zd-1'))).toMatchObject({
    ok: true,
    value: { replayed: true },
  })
  expect(await adjustBalance(target.ctx, goodwill(demo, 'anna', -525, null))).toMatchObject({
    ok: true,
    value: { adjusted: { balance: 500 } },
  })
})

test('an export shows one moment: what is written meanwhile is in none of its tables', async () => {
  const before = await contents(source.database)
  let writing: Promise<unknown> | undefined
  await exportToFile(contextOf(source.database), {
    file: join(folder, 'moment.gz'),
    force: false,
    version: '0.0.0',
    onProgress: () => {
      writing ??= adjustBalance(source.ctx, goodwill(demo, 'anna', 1, 'meanwhile'))
    },
  })
  expect(await writing).toMatchObject({ ok: true, value: { adjusted: { balance: 1_026 } } })
  await importInto(target.database, join(folder, 'moment.gz'))
  expect(await contents(target.database)).toEqual(before)
  expect(await balanceOf(source.ctx, demo.projectId, 'anna')).toBe(1_026)
  await adjustBalance(source.ctx, goodwill(demo, 'anna', -1, 'meanwhile-back'))
})

describe('the list of tables', () => {
  test('holds every table that the migrations make, each after those that it refers to', async () => {
    const tables = await target.database.query<{ name: string }>(
      statement(
        'test.tables',
        `select table_name::text as name from information_schema.tables
         where table_schema = 'public' and table_type = 'BASE TABLE' and table_name <> 'schema_migrations' order by 1`,
      ),
      [],
    )
    const ordered = await readTables(target.database.query)
    expect(ordered.map(({ name }) => name).sort()).toEqual(tables.map(({ name }) => name))
    for (const [at, table] of ordered.entries()) {
      const earlier = ordered.slice(0, at).map(({ name }) => name)
      expect(earlier).toEqual(expect.arrayContaining(table.references))
    }
  })

  test('is all there is: no migration made a thing whose state an export of rows would leave out', async () => {
    const others = await target.database.query(
      statement(
        'test.other_state',
        `select c.relname as name from pg_class c
         where c.relnamespace = 'public'::regnamespace and c.relkind not in ('r', 'i', 'v', 'c')
         union all
         select a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
         where c.relnamespace = 'public'::regnamespace and (a.attgenerated <> '' or a.attidentity <> '')`,
      ),
      [],
    )
    expect(others).toEqual([])
  })
})

describe('the file', () => {
  test('is readable by its owner alone, and nothing else is left beside it', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test('is not replaced unless that is asked for', async () => {
    const path = join(folder, 'taken.gz')
    await writeFile(path, 'precious')
    await expect(exportFrom(source.database, path)).rejects.toMatchObject({ fault: 'target-exists' })
    expect(await readFile(path, 'utf8')).toBe('precious')
    await exportFrom(source.database, path, true)
    await importInto(target.database, path)
    expect(await contents(target.database)).toEqual(await contents(source.database))
  })

  test('is not made of a database without a project, which is most likely the wrong one', async () => {
    const path = join(folder, 'empty.gz')
    await expect(exportFrom(target.database, path)).rejects.toMatchObject({ fault: 'nothing-to-export' })
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('does not appear when the export is stopped half way', async () => {
    const path = join(folder, 'stopped.gz')
    const abort = new AbortController()
    const stopped = exportToFile(contextOf(source.database), {
      file: path,
      force: false,
      version: '0.0.0',
      signal: abort.signal,
      onProgress: () => abort.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect((await readdir(folder)).filter((name) => name.includes('stopped'))).toEqual([])
  })
})

describe('an import that is refused writes nothing', () => {
  const bytes = () => readFile(file)

  /** Imports a changed copy of the export, and expects a refusal that leaves the database empty. */
  async function refuses(changed: Uint8Array, fault: string, words: RegExp): Promise<void> {
    const path = join(folder, 'changed.gz')
    await writeFile(path, changed)
    await expect(importInto(target.database, path)).rejects.toMatchObject({
      fault,
      message: expect.stringMatching(words),
    })
    expect(Object.values(await contents(target.database)).flat()).toEqual([])
  }

  test('when the file was cut, wherever that is', async () => {
    const whole = await bytes()
    for (const part of [0.01, 0.5, 0.999]) {
      await refuses(whole.subarray(0, Math.floor(whole.length * part)), 'damaged', /unexpected end of file/)
    }
    await refuses(Buffer.alloc(0), 'no-export', /not an export/)
  })

  test('when its last lines are missing, although what is left is well compressed', async () => {
    const lines = gunzipSync(await bytes())
      .toString()
      .trimEnd()
      .split('\n')
    await refuses(gzipSync(`${lines.slice(0, -1).join('\n')}\n`), 'damaged', /end is missing/)
    await refuses(gzipSync(`${lines.slice(0, -3).join('\n')}\n`), 'damaged', /end is missing/)
    await refuses(gzipSync(`${lines.join('\n')}\n["more"]\n`), 'damaged', /belong to no table/)
  })

  test('when a byte was changed, in the file or in what it holds', async () => {
    const whole = await bytes()
    const flipped = Buffer.from(whole)
    const middle = Math.floor(flipped.length / 2)
    flipped[middle] = (flipped[middle] ?? 0) ^ 0x10
    await refuses(flipped, 'damaged', /damaged/)
    const text = gunzipSync(whole).toString()
    await refuses(gzipSync(text.replace('"goodwill for anna"', '"goodwill for anne"')), 'damaged', /checksum/)
  })

  test('when it was never an export', async () => {
    await refuses(Buffer.from('PGDMP and so on'), 'no-export', /not an export/)
    await refuses(gzipSync('{"format":"something else"}\n'), 'no-export', /not an export/)
    const newer = { format: 'purser-export', version: 2 }
    await refuses(gzipSync(`${JSON.stringify(newer)}\n`), 'other-schema', /format version 2/)
  })

  test('when it was written with another schema, and the message says which version to take', async () => {
    const [first = '', ...rest] = gunzipSync(await bytes())
      .toString()
      .trimEnd()
      .split('\n')
    const header = JSON.parse(first)
    const having = (schema: unknown[]) => gzipSync(`${[JSON.stringify({ ...header, schema }), ...rest].join('\n')}\n`)
    const next = { number: header.schema.length + 1, name: 'to_come', checksum: 'x' }
    await refuses(having(header.schema.slice(0, -1)), 'other-schema', /older Purser \(9\.8\.7, .*start this version/)
    await refuses(having([...header.schema, next]), 'other-schema', /newer Purser \(9\.8\.7\).*to_come/)
    const edited = [{ ...header.schema[0], checksum: 'x' }, ...header.schema.slice(1)]
    await refuses(having(edited), 'other-schema', /not the one of this database/)
  })

  test('when its credits do not add up, and the message names who is concerned', async () => {
    const broken = await openWorld()
    try {
      await importInto(broken.database, file)
      await run(
        broken.database,
        `update wallet_balances set balance = balance + 1 where customer_id = (select min(customer_id) from wallet_balances)`,
      )
      await run(
        broken.database,
        'update wallet_postings set amount = amount + 1 where number = 1 and transaction_id = (select max(transaction_id) from wallet_postings)',
      )
      const path = join(folder, 'broken.gz')
      await exportFrom(broken.database, path)
      await refuses(await readFile(path), 'ledger-broken', /postings of ltx\S+ sum to 1 CRD[^]*balance is \d+ CRD/)
      await refuses(await readFile(path), 'ledger-broken', /its lots hold/)
    } finally {
      await broken.close()
    }
  })

  test('when a table is missing', async () => {
    const lines = gunzipSync(await bytes())
      .toString()
      .trimEnd()
      .split('\n')
    const start = lines.findIndex((line) => line.startsWith('{"table":"wallet_draws"'))
    const end = lines.findIndex((line, at) => at > start && line.startsWith('{'))
    const { tables } = JSON.parse(lines.at(-1) ?? '')
    delete tables.wallet_draws
    const body = [...lines.slice(0, start), ...lines.slice(end, -1)].map((line) => `${line}\n`).join('')
    const sha256 = createHash('sha256').update(body).digest('hex')
    await refuses(gzipSync(body + toLine({ end: true, tables, sha256 })), 'damaged', /wallet_draws is missing/)
  })

  test('when it is stopped half way', async () => {
    const abort = new AbortController()
    const stopped = importFromFile(contextOf(target.database), {
      file,
      signal: abort.signal,
      onProgress: () => undefined,
      onCheck: () => abort.abort(),
    })
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' })
    expect(Object.values(await contents(target.database)).flat()).toEqual([])
  })
})

test('an import into a database in use is refused and leaves it as it was', async () => {
  await createDemo(target.ctx)
  const before = await contents(target.database)
  await expect(importInto(target.database, file)).rejects.toMatchObject({
    fault: 'not-empty',
    message: expect.stringMatching(/table \w+ has rows.*PURSER_DATA_DIR/),
  })
  expect(await contents(target.database)).toEqual(before)
})

describe('a move between the oldest and the newest server', () => {
  const here = process.env.PURSER_TEST_ENGINE
  const binDir = here === 'embedded' ? debianPostgresBin() : undefined
  const hasOther = here === 'debian' || binDir !== undefined

  test.skipIf(!hasOther)('changes nothing, there and back; skipped only because no other server is here', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'purser-other-'))
    const server = await startEmbedded({ dataDir, ...(binDir && { binDir }), log: () => undefined })
    const other = openTestDatabase(server.connection, server.connection.database)
    try {
      expect(server.version.split('.')[0]).not.toBe((await headerOf(file)).postgres.split('.')[0])
      await migrate(other, await readMigrations())
      await importInto(other, file)
      expect(await contents(other)).toEqual(await contents(source.database))
      await exportFrom(other, join(folder, 'back.gz'))
      await importInto(target.database, join(folder, 'back.gz'))
      expect(await contents(target.database)).toEqual(await contents(source.database))
    } finally {
      await other.close()
      await server.stop()
      await rm(dataDir, { recursive: true, force: true })
    }
  })
})

/** A project with people who bought, renewed, merged and were helped, and with values that are easily bent. */
async function fill(world: World): Promise<Demo> {
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
  await setAttributes(ctx, {
    projectId,
    appUserId: 'anna',
    attributes: [{ key: '$email', value: 'anna@example.com', updatedAt: clock.now() }],
  })
  await bootstrapSession(
    { ctx, secrets: testSecrets, ensureCustomer: async () => ({ bucket: 0, customerId: 'unused' }) },
    { projectId, userId: 'anna' },
  )
  await fillWithOddValues(world.database, projectId)
  return made
}

async function fillWithOddValues(database: Database, projectId: string): Promise<void> {
  const texts = [
    ...[
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
      '\r\n',
      '\n',
      '\u2028\u2029',
      '\u0001\u007f',
    ],
    ...fc.sample(fc.string({ unit: 'binary', maxLength: 40 }), { numRuns: 1_500, seed: 7 }),
  ].filter((text) => text.isWellFormed() && !text.includes('\0'))
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
     update products set price_micros = 9223372036854775807 where store_product_id = 'pro_annual'`,
  )
}

function goodwill({ projectId }: Demo, userId: string, amount: number, idempotencyKey: string | null) {
  const reason = `goodwill for ${userId}`
  return { projectId, userId, currency: 'CRD', amount, reason, idempotencyKey, actor: 'support', requestId: 'r' }
}

function contextOf(database: Database) {
  return {
    ctx: source.ctx,
    engine: { database, label: 'test', close: async () => undefined },
    isReachable: async () => true,
  }
}

function exportFrom(database: Database, path: string, force = false) {
  return exportToFile(contextOf(database), { file: path, force, version: '9.8.7', onProgress: () => undefined })
}

function importInto(database: Database, path: string) {
  return importFromFile(contextOf(database), { file: path, onProgress: () => undefined, onCheck: () => undefined })
}

async function headerOf(path: string): Promise<{ postgres: string }> {
  return JSON.parse(
    gunzipSync(await readFile(path))
      .toString()
      .split('\n')[0] ?? '',
  )
}

function run(database: Database, sql: string): Promise<unknown> {
  return database.withConnection((_query, raw) => raw(sql))
}

async function tableNames(database: Database): Promise<string[]> {
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
async function contents(database: Database): Promise<Record<string, string[]>> {
  const result: Record<string, string[]> = {}
  for (const name of await tableNames(database)) {
    const rows = statement(`test.rows.${name}`, `select t::text as row from ${name} t order by t::text collate "C"`)
    result[name] = (await database.query<{ row: string }>(rows, [])).map(({ row }) => row)
  }
  return result
}
