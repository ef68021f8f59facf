import { type Database, type DatabaseOptions, openDatabase } from './database.ts'
import { startEmbedded } from './embedded/start.ts'
import { statement } from './statement.ts'

export type EngineOptions = Omit<DatabaseOptions, 'connection'> & {
  /** Address of a PostgreSQL server; null starts the embedded one in the data folder. */
  databaseUrl: string | null
  dataDir: string
  log: (line: { level: 'info' | 'warn' | 'error'; message: string }) => void
  /** Told when the embedded server is gone for good. */
  onFailure: (error: Error) => void
}

export type Engine = {
  database: Database
  /** For people: which server this is. */
  label: string
  close(): Promise<void>
}

/** Oldest server that the statements are tested on. */
const MAJOR_MIN = 15

const VERSION = statement('engine.version', "select current_setting('server_version') as version")

/** Opens the database that the settings name, and refuses one that is too old. */
export async function openEngine(options: EngineOptions): Promise<Engine> {
  if (options.databaseUrl !== null) return openServer(options, options.databaseUrl)
  const server = await startEmbedded({ dataDir: options.dataDir, log: options.log, onFailure: options.onFailure })
  const database = openDatabase({ ...options, connection: server.connection })
  return {
    database,
    label: `embedded PostgreSQL ${server.version}`,
    async close() {
      await database.close()
      await server.stop()
    },
  }
}

async function openServer(options: EngineOptions, url: string): Promise<Engine> {
  const database = openDatabase({ ...options, connection: { url } })
  try {
    const [row] = await database.query<{ version: string }>(VERSION, [])
    const version = row?.version ?? ''
    if (Number.parseInt(version, 10) < MAJOR_MIN) {
      throw new Error(`DATABASE_URL names PostgreSQL ${version}; Purser needs ${MAJOR_MIN} or newer`)
    }
    return { database, label: `PostgreSQL ${version.split(' ')[0]} (DATABASE_URL)`, close: () => database.close() }
  } catch (error) {
    await database.close()
    throw error
  }
}
