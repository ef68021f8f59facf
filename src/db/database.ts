import pg from 'pg'
import { ConflictError } from '../core/lib/conflict-error.ts'
import { sendTogether } from './send-together.ts'
import type { Query, Statement } from './statement.ts'
import { wireTypes } from './wire-values.ts'

export type DatabaseOptions = {
  /** A connection URL, or the place of the embedded server. */
  connection: { url: string } | { host: string; port: number; user: string; database: string }
  poolSize: number
  statementTimeoutMs: number
  lockTimeoutMs: number
  /** Off for a connection pooler that cannot keep named statements. */
  namedStatements: boolean
  /** Told about a connection that failed while idle; the pool replaces it. */
  onIdleError: (error: Error) => void
  /** Told how long a caller waited for a connection, in milliseconds. */
  onWait?: (waitMs: number) => void
}

/** Sends text without parameters, such as `begin` or a whole migration. */
export type RawQuery = (text: string) => Promise<{ command: string }>

/** The pool of connections. `query` runs a single statement on any of them; `withConnection` keeps one for a while. */
export type Database = {
  query: Query
  withConnection<Value>(work: (query: Query, raw: RawQuery) => Promise<Value>): Promise<Value>
  close(): Promise<void>
}

/** An open transaction that its process forgot must not hold locks for ever. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000
const CONNECT_TIMEOUT_MS = 10_000

export function openDatabase(options: DatabaseOptions): Database {
  const pool = new pg.Pool({
    ...('url' in options.connection ? { connectionString: options.connection.url } : options.connection),
    max: options.poolSize,
    application_name: 'purser',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    types: wireTypes as pg.CustomTypesConfig,
    // Statements of one transaction that do not wait for each other share a round trip.
    pipeline: true,
    options: sessionOptions(options),
  } as pg.PoolConfig)
  let isClosing = false
  // A server that is stopped right after us may end our last connections before we do: that is no loss.
  pool.on('error', (error) => isClosing || options.onIdleError(error))
  const config = ({ name, text }: Statement, values: readonly unknown[]) =>
    options.namedStatements ? { name, text, values: [...values] } : { text, values: [...values] }
  return {
    async query<Row>(statement: Statement, values: readonly unknown[]) {
      return (await pool.query(config(statement, values))).rows as Row[]
    },
    async withConnection(work) {
      const client = await checkOut(pool, options.onWait)
      let failure: Error | undefined
      // The pool listens to idle connections only. Without a listener the loss of one in use would end the process.
      const onLost = (error: Error) => {
        failure = error
      }
      client.on('error', onLost)
      try {
        const hold = sendTogether(client)
        const query: Query = async <Row>(statement: Statement, values: readonly unknown[]) => {
          hold()
          return (await client.query(config(statement, values))).rows as Row[]
        }
        const raw: RawQuery = (text) => {
          hold()
          return client.query(text)
        }
        return await work(query, raw)
      } catch (error) {
        if (isConnectionLost(error)) failure = error as Error
        throw error
      } finally {
        client.release(failure)
        client.off('error', onLost)
      }
    },
    close() {
      isClosing = true
      return pool.end()
    },
  }
}

async function checkOut(pool: pg.Pool, onWait?: (waitMs: number) => void): Promise<pg.PoolClient> {
  const askedAt = performance.now()
  const client = await pool.connect()
  onWait?.(performance.now() - askedAt)
  return client
}

function sessionOptions(options: DatabaseOptions): string {
  const settings = {
    statement_timeout: options.statementTimeoutMs,
    lock_timeout: options.lockTimeoutMs,
    idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
    timezone: 'UTC',
    datestyle: 'ISO',
    // Statements are written for their indexes. A plan that was made while a table was small is kept after it has grown.
    enable_seqscan: 'off',
    jit: 'off',
  }
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value}`)
    .join(' ')
}

/**
 * Errors after which a connection is not fit for anybody else. What the server reports of a statement is harmless, and so
 * is a conflict that our own code found; of an error that nobody expected the connection's state is not known.
 */
function isConnectionLost(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return !(error instanceof ConflictError)
  const code = error.code ?? ''
  return code.startsWith('57P') || code.startsWith('08') || code === '25P03'
}
