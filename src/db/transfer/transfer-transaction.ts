import type { Database, RawQuery } from '../database.ts'
import type { Query } from '../statement.ts'

/**
 * A transfer takes as long as the data needs, and may wait for a disk in between, so the bounds of requests do not hold.
 * The rest fixes how values are written as text, whatever the server or the role was configured to.
 */
const SESSION_SQL = `set local statement_timeout = 0; set local idle_in_transaction_session_timeout = 0;
  set local timezone = 'UTC'; set local datestyle = 'ISO'; set local intervalstyle = 'postgres';
  set local extra_float_digits = 1; set local bytea_output = 'hex'`

/** One transaction for a whole export or import: committed when `work` ends, rolled back when it throws. */
export async function transferTransaction<Value>(
  database: Database,
  begin: string,
  work: (query: Query, raw: RawQuery) => Promise<Value>,
): Promise<Value> {
  return database.withConnection(async (query, raw) => {
    await raw(begin)
    try {
      await raw(SESSION_SQL)
      const value = await work(query, raw)
      const { command } = await raw('commit')
      if (command !== 'COMMIT') throw new Error('broken invariant: a transfer with a failed statement was committed')
      return value
    } catch (error) {
      await raw('rollback').catch(() => undefined)
      throw error
    }
  })
}
