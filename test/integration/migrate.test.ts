import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest'
import type { Database } from '../../src/db/database.ts'
import { describeSchema } from '../../src/db/describe-schema.ts'
import { type Migration, migrate, readMigrations } from '../../src/db/migrate.ts'
import { statement } from '../../src/db/statement.ts'
import { openTestDatabase } from '../support/database.ts'

const SCHEMA_FILE = new URL('../../src/db/schema.sql', import.meta.url)
const APPLIED = statement('test.applied', 'select number from schema_migrations order by number')
const TABLES = statement(
  'test.tables',
  "select tablename as name from pg_tables where schemaname = 'public' order by 1",
)

const server = inject('server')
const admin = () => openTestDatabase(server, 'purser', 1)
const opened: Database[] = []
let name: string

beforeEach(async () => {
  name = `test_${randomUUID().replaceAll('-', '')}`
  await onAdmin(`create database ${name} template template0`)
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((database) => database.close()))
  await onAdmin(`drop database ${name} with (force)`)
})

async function onAdmin(sql: string): Promise<void> {
  const database = admin()
  await database.withConnection((_query, raw) => raw(sql))
  await database.close()
}

/** The empty database, as one process opens it. */
function openEmpty(): Database {
  const database = openTestDatabase(server, name, 2)
  opened.push(database)
  return database
}

function step(number: number, sql: string): Migration {
  return { number, name: `step_${number}`, sql, checksum: `sum ${sql}` }
}

async function applied(database: Database): Promise<number[]> {
  return (await database.query<{ number: number }>(APPLIED, [])).map((row) => row.number)
}

async function tables(database: Database): Promise<string[]> {
  return (await database.query<{ name: string }>(TABLES, [])).map((row) => row.name)
}

describe('migrating', () => {
  test('an empty database applies every file, and a second start nothing', async () => {
    const database = openEmpty()
    const migrations = await readMigrations()
    const numbers = migrations.map((migration) => migration.number)
    expect(numbers[0]).toBe(1)
    expect(await migrate(database, migrations)).toEqual(numbers)
    expect(await migrate(database, migrations)).toEqual([])
    expect(await applied(database)).toEqual(numbers)
  })

  test('by three processes that start at once applies each file once, and all three may go on', async () => {
    const migrations = await readMigrations()
    const results = await Promise.all([1, 2, 3].map(() => migrate(openEmpty(), migrations)))
    expect(results.flat()).toEqual(migrations.map((migration) => migration.number))
    expect(results.filter((numbers) => numbers.length === 0)).toHaveLength(2)
  })

  test('goes on from where an older version stopped', async () => {
    const database = openEmpty()
    const steps = [step(1, 'create table one (id integer)'), step(2, 'create table two (id integer)')]
    await migrate(database, steps.slice(0, 1))
    expect(await migrate(database, steps)).toEqual([2])
    expect(await tables(database)).toEqual(['one', 'schema_migrations', 'two'])
  })

  test('refuses a file that was edited after it was applied, and changes nothing', async () => {
    const database = openEmpty()
    await migrate(database, [step(1, 'create table one (id integer)')])
    const edited = [step(1, 'create table one (id bigint)'), step(2, 'create table two (id integer)')]
    await expect(migrate(database, edited)).rejects.toThrow('migration 1 (step_1) was changed after it was applied')
    expect(await tables(database)).toEqual(['one', 'schema_migrations'])
  })

  test('refuses a database of a newer version, and changes nothing', async () => {
    const database = openEmpty()
    const newer = [step(1, 'create table one (id integer)'), step(2, 'create table two (id integer)')]
    await migrate(database, newer)
    await expect(migrate(database, newer.slice(0, 1))).rejects.toThrow('start the newer version')
  })

  test('undoes a file that fails in the middle, keeps those before it, and can be tried again', async () => {
    const database = openEmpty()
    const good = step(1, 'create table one (id integer)')
    const broken = step(2, 'create table two (id integer); create table two (id integer)')
    await expect(migrate(database, [good, broken])).rejects.toThrow('migration 2 (step_2) failed and was undone')
    expect(await tables(database)).toEqual(['one', 'schema_migrations'])
    expect(await migrate(database, [good, step(2, 'create table two (id integer)')])).toEqual([2])
  })

  test('does not leave its long timeouts behind on the connection', async () => {
    const database = openTestDatabase(server, name, 1)
    opened.push(database)
    const timeouts = statement(
      'test.timeouts',
      "select current_setting('lock_timeout') as lock, current_setting('statement_timeout') as statement",
    )
    const before = await database.query(timeouts, [])
    await migrate(database, [step(1, 'create table one (id integer)')])
    expect(await database.query(timeouts, [])).toEqual(before)
  })
})

test('the committed schema.sql is what the migrations lead to, on this server version as on every other', async () => {
  const database = openEmpty()
  await migrate(database, await readMigrations())
  expect(await describeSchema(database.query)).toBe(await readFile(SCHEMA_FILE, 'utf8'))
})
