import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { codeOf } from './file-facts.ts'
import type { RunningServer } from './running-server.ts'
import { DATABASE, SERVER_ROLE, SOCKET_PORT } from './server-plan.ts'

/** One attempt to connect over a unix socket takes a millisecond; a server under load some more. */
const CONNECT_TIMEOUT_MS = 5_000
const FIRST_PAUSE_MS = 20
const LONGEST_PAUSE_MS = 250
/** The socket appears in the first moments, even before recovery from a crash. */
const NO_SOCKET_PATIENCE_MS = 60_000
/** Recovery replays at most a few hundred megabytes of log; only a very slow disk takes minutes. */
const RECOVERY_PATIENCE_MS = 600_000

/** What a failed connection attempt says about the server: no answer yet, busy starting, surely up, or hopeless. */
export function meaningOfRefusal(code: string | undefined): 'silent' | 'starting' | 'up' | 'hopeless' {
  // 57P03 cannot_connect_now (PostgreSQL errcodes): starting, recovering or shutting down.
  if (code === '57P03') return 'starting'
  // 53300 too_many_connections: clients of the process before us may still fill it.
  if (code === '53300') return 'up'
  // Any other SQLSTATE is an answer that repeating does not change, such as 28000 (no such role).
  if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !code.startsWith('E') && !code.startsWith('57'))
    return 'hopeless'
  return 'silent'
}

/** A short-lived connection. Its errors are collected by the calls; an error event after them must not end the process. */
async function connect(socketDir: string, database: string): Promise<pg.Client> {
  const client = new pg.Client({
    host: socketDir,
    port: SOCKET_PORT,
    user: SERVER_ROLE,
    database,
    ssl: false,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return client
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
}

async function versionOver(socketDir: string): Promise<string | undefined> {
  const client = await connect(socketDir, 'postgres')
  try {
    const result = await client.query<{ server_version: string }>('show server_version')
    return result.rows[0]?.server_version.split(' ')[0]
  } finally {
    await client.end()
  }
}

/** How the wait for a server came out. `version` is undefined when it is up but has no connection to spare. */
type Readiness =
  | { kind: 'ready'; version: string | undefined }
  | { kind: 'ended'; reason: string }
  | { kind: 'hopeless'; cause: unknown }

/**
 * Waits until the server accepts connections, it ends, or the patience is over.
 *
 * @param notice told once when the server recovers from a crash and takes its time.
 * @throws the signal's reason when aborted.
 */
export async function waitUntilReady(
  server: RunningServer,
  socketDir: string,
  now: () => number,
  notice: (message: string) => void,
  signal: AbortSignal,
): Promise<Readiness> {
  const since = now()
  let lastSign = since
  let told = false
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    if (server.hasEnded()) return { kind: 'ended', reason: await server.ended }
    try {
      return { kind: 'ready', version: await versionOver(socketDir) }
    } catch (error) {
      const meaning = meaningOfRefusal(codeOf(error))
      if (meaning === 'up') return { kind: 'ready', version: undefined }
      if (meaning === 'starting') lastSign = now()
      const overdue = now() - lastSign > NO_SOCKET_PATIENCE_MS || now() - since > RECOVERY_PATIENCE_MS
      if (meaning === 'hopeless' || overdue) return { kind: 'hopeless', cause: error }
    }
    if (!told && now() - since > 5_000) {
      told = true
      notice('The database is still starting; after a crash it recovers from its log first.')
    }
    await Promise.race([server.ended, sleep(pauseMs, undefined, { signal })])
  }
}

/** Creates the database on first use. Returns whether it was missing. */
export async function ensureDatabase(socketDir: string): Promise<boolean> {
  const client = await connect(socketDir, 'postgres')
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [DATABASE])
    if (found.rowCount !== 0) return false
    await client.query(`create database ${DATABASE}`)
    return true
  } finally {
    await client.end()
  }
}
