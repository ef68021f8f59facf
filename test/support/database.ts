import type { TestProject } from 'vitest/node'
import { type Database, openDatabase } from '../../src/db/database.ts'
import { startEmbedded } from '../../src/db/embedded/start.ts'
import { migrate, readMigrations } from '../../src/db/migrate.ts'
import { newDataFolder } from './data-folder.ts'

export type ServerPlace = { host: string; port: number; user: string }

declare module 'vitest' {
  interface ProvidedContext {
    server: ServerPlace
  }
}

/** The database that every test's own database is copied from: migrated once, never written to. */
export const TEMPLATE = 'purser_template'

/** Starts the PostgreSQL server of a test project in a folder of its own, and migrates the template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await newDataFolder()
  const binDir = project.config.env.PURSER_TEST_POSTGRES_BIN
  const server = await startEmbedded({ dataDir: folder.path, ...(binDir && { binDir }), log: () => undefined })
  const place: ServerPlace = server.connection
  await onDatabase(place, 'purser', (database) =>
    database.withConnection((_query, raw) => raw(`create database ${TEMPLATE} template template0`)),
  )
  await onDatabase(place, TEMPLATE, async (database) => migrate(database, await readMigrations()))
  project.provide('server', { host: place.host, port: place.port, user: place.user })
  return async () => {
    await server.stop()
    await folder.remove()
  }
}

/** Opens a database as the server does, with small bounds. */
export function openTestDatabase(place: ServerPlace, name: string, poolSize = 8): Database {
  return openDatabase({
    connection: { ...place, database: name },
    poolSize,
    statementTimeoutMs: 20_000,
    lockTimeoutMs: 10_000,
    namedStatements: true,
    onIdleError: () => undefined,
  })
}

async function onDatabase(
  place: ServerPlace,
  name: string,
  work: (database: Database) => Promise<unknown>,
): Promise<void> {
  const database = openTestDatabase(place, name, 1)
  try {
    await work(database)
  } finally {
    await database.close()
  }
}
