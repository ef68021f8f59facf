import { ConflictError } from '../core/lib/conflict-error.ts'
import type { Result } from '../core/lib/result.ts'
import type { Tx } from '../usecases/ports.ts'
import type { Announce } from './announce.ts'
import type { Database, RawQuery } from './database.ts'
import type { Query, Statement } from './statement.ts'
import { createTx } from './tx.ts'

/**
 * Beginnings of one operation before it is given up. Each loss means that somebody else got on, so as many may be needed
 * as there are connections that can want the same thing at once.
 */
const ATTEMPTS_MAX = 20

/** SQLSTATEs that mean: nothing is wrong, begin again. Deadlock, serialisation, and a unique key taken in parallel. */
const REPEATABLE = new Set(['40P01', '40001', '23505'])

/** SQLSTATE of statements that were sent before it was known that an earlier one had failed. */
const ALREADY_FAILED = '25P02'

/** SQLSTATE of a lock that was not free in time. Waiting once more would only keep the caller longer. */
const LOCK_TIMEOUT = '55P03'

/**
 * The one place that opens and commits transactions. Announces the changes that were recorded, after commit only; what
 * fails between commit and announcement loses nothing, since the revision of a customer is the truth.
 */
export function transactionRunner(database: Database, newId: () => string, announce: Announce) {
  return async function transaction<Value, Refusal>(
    work: (tx: Tx) => Promise<Result<Value, Refusal>>,
  ): Promise<Result<Value, Refusal>> {
    for (let attempt = 1; ; attempt++) {
      try {
        const { result, announcements } = await runOnce(database, newId, work, announce)
        for (const tell of announcements) tell()
        return result
      } catch (error) {
        if (codeOf(error) === LOCK_TIMEOUT) throw new ConflictError('a lock was not free in time', { cause: error })
        if (attempt >= ATTEMPTS_MAX || !isRepeatable(error)) throw error
      }
    }
  }
}

async function runOnce<Value, Refusal>(
  database: Database,
  newId: () => string,
  work: (tx: Tx) => Promise<Result<Value, Refusal>>,
  announce: Announce,
): Promise<{ result: Result<Value, Refusal>; announcements: Array<() => void> }> {
  return database.withConnection(async (query, raw) => {
    const announcements: Array<() => void> = []
    const later: Announce = (change, events) => announcements.push(() => announce(change, events))
    const begun = raw('begin')
    const { noticed, causeOf } = noticeFailures(query, begun)
    try {
      const result = await work(createTx(noticed, newId, later))
      await begun
      await finish(raw, result.ok)
      return { result, announcements: result.ok ? announcements : [] }
    } catch (error) {
      await raw('rollback').catch(() => undefined)
      throw causeOf(error)
    }
  })
}

/**
 * Statements that share a round trip fail together, and a later one may be heard of first. What decides whether the
 * transaction is begun again is the failure of the first. When even the beginning failed, nothing more is sent: each
 * statement would be committed by itself. What was sent along with it only reads and locks.
 */
function noticeFailures(
  query: Query,
  begun: Promise<unknown>,
): { noticed: Query; causeOf: (error: unknown) => unknown } {
  let first: { error: unknown } | null = null
  let beginning: { error: unknown } | null = null
  begun.catch((error: unknown) => {
    beginning = { error }
  })
  const noticed: Query = <Row>(statement: Statement, values: readonly unknown[]) => {
    if (beginning !== null) return Promise.reject(beginning.error)
    return query<Row>(statement, values).catch((error: unknown) => {
      first ??= { error }
      throw error
    })
  }
  return { noticed, causeOf: (error) => (codeOf(error) === ALREADY_FAILED && first !== null ? first.error : error) }
}

/** A commit of a transaction in which a statement failed is answered as a rollback, without an error: notice it. */
async function finish(raw: RawQuery, isDone: boolean): Promise<void> {
  const { command } = await raw(isDone ? 'commit' : 'rollback')
  if (isDone && command !== 'COMMIT')
    throw new Error('broken invariant: a transaction with a failed statement was committed')
}

function isRepeatable(error: unknown): boolean {
  return error instanceof ConflictError || REPEATABLE.has(codeOf(error))
}

function codeOf(error: unknown): string {
  return String((error as { code?: unknown }).code)
}
