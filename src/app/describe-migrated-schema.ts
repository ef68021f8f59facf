import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../db/database.ts'
import { describeSchema } from '../db/describe-schema.ts'
import { startEmbedded } from '../db/embedded/start.ts'
import { migrate, readMigrations } from '../db/migrate.ts'

/** Runs all migrations on an empty server of its own and answers the schema that they make. */
export async function describeMigratedSchema(): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'purser-schema-'))
  // As root the server runs as another user, who must be able to enter.
  await chmod(dataDir, 0o755)
  const server = await startEmbedded({ dataDir, log: () => undefined })
  const database = openDatabase({
    connection: server.connection,
    poolSize: 2,
    statementTimeoutMs: 60_000,
    lockTimeoutMs: 60_000,
    namedStatements: true,
    onIdleError: () => undefined,
  })
  try {
    await migrate(database, await readMigrations())
    return await describeSchema(database.query)
  } finally {
    await database.close()
    await server.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}
