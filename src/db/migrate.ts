import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Database, RawQuery } from './database.ts'
import { type Query, statement } from './statement.ts'

/** Any number that no other program uses on the same database: it serialises migrations across processes. */
const LOCK_KEY = 7_283_465_019
/** A migration waits for the one of another process; that may take as long as a large index. */
const LOCK_WAIT_SQL = "set lock_timeout = '10min'; set statement_timeout = 0"
const FILE_NAME = /^([0-9]{4})_([a-z0-9_]+)\.sql$/

export type Migration = { number: number; name: string; sql: string; checksum: string }

const LOCK = statement('migrations.lock', 'select pg_advisory_lock($1)')
const UNLOCK = statement('migrations.unlock', 'select pg_advisory_unlock($1)')
const APPLIED = statement('migrations.applied', 'select number, name, checksum from schema_migrations order by number')
const RECORD = statement(
  'migrations.record',
  'insert into schema_migrations (number, name, checksum, applied_at) values ($1, $2, $3, now())',
)

/** Reads the numbered files of the migrations folder, in order. */
export async function readMigrations(folder = join(import.meta.dirname, 'migrations')): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => FILE_NAME.test(name)).sort()
  return Promise.all(
    names.map(async (file) => {
      const sql = await readFile(join(folder, file), 'utf8')
      const [, number, name] = FILE_NAME.exec(file) ?? []
      return { number: Number(number), name: name ?? '', sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/**
 * Brings the schema up to date: forward only, one transaction a file, one process at a time. Answers the numbers that
 * were applied. Refuses a database that a newer Purser has changed, and files that were edited after their release.
 */
export async function migrate(database: Database, migrations: readonly Migration[]): Promise<number[]> {
  return database.withConnection(async (query, raw) => {
    await raw(LOCK_WAIT_SQL)
    await query(LOCK, [LOCK_KEY])
    try {
      await raw(
        `create table if not exists schema_migrations
         (number integer primary key, name text not null, checksum text not null, applied_at timestamptz not null)`,
      )
      const pending = pendingMigrations(migrations, await query<Migration>(APPLIED, []))
      for (const migration of pending) await apply(query, raw, migration)
      return pending.map((migration) => migration.number)
    } finally {
      await query(UNLOCK, [LOCK_KEY]).catch(() => undefined)
      await raw('reset lock_timeout; reset statement_timeout').catch(() => undefined)
    }
  })
}

/** What is still to be applied; throws when code and database do not belong together. */
export function pendingMigrations(
  migrations: readonly Migration[],
  applied: readonly Pick<Migration, 'number' | 'name' | 'checksum'>[],
): Migration[] {
  for (const done of applied) {
    const known = migrations.find((migration) => migration.number === done.number)
    if (known === undefined) {
      throw new Error(
        `the database has migration ${done.number} (${done.name}), which this version of Purser does not know: start the newer version`,
      )
    }
    if (known.checksum !== done.checksum) {
      throw new Error(
        `migration ${done.number} (${done.name}) was changed after it was applied: restore the released file`,
      )
    }
  }
  return migrations.filter((migration) => !applied.some((done) => done.number === migration.number))
}

async function apply(query: Query, raw: RawQuery, migration: Migration): Promise<void> {
  try {
    await raw('begin')
    await raw(migration.sql)
    await query(RECORD, [migration.number, migration.name, migration.checksum])
    await raw('commit')
  } catch (error) {
    await raw('rollback').catch(() => undefined)
    throw new Error(`migration ${migration.number} (${migration.name}) failed and was undone`, { cause: error })
  }
}
