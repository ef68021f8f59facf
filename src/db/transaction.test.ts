import { expect, test } from 'vitest'
import { ConflictError } from '../core/lib/conflict-error.ts'
import { ok } from '../core/lib/result.ts'
import type { Database } from './database.ts'
import { transactionRunner } from './transaction.ts'

/** A database of which only the connection is asked. */
function runner() {
  const sent: string[] = []
  const raw = async (sql: string) => {
    sent.push(sql)
    return { command: sql.toUpperCase() }
  }
  const withConnection = async (work: (...args: unknown[]) => unknown) => work(async () => [], raw)
  const database = { withConnection } as unknown as Database
  return {
    sent,
    transaction: transactionRunner(
      database,
      () => 'event',
      () => undefined,
    ),
  }
}

test('a lock that is not free in time is told as a conflict at once: nothing was done, and the caller decides', async () => {
  const { sent, transaction } = runner()
  const failure = Object.assign(new Error('canceling statement due to lock timeout'), { code: '55P03' })
  const failed = await transaction(async () => {
    throw failure
  }).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(ConflictError)
  expect((failed as Error).cause).toBe(failure)
  expect(sent).toEqual(['begin', 'rollback'])
})

test('a deadlock is begun again', async () => {
  const { sent, transaction } = runner()
  let attempts = 0
  const done = await transaction(async () => {
    attempts += 1
    if (attempts === 1) throw Object.assign(new Error('deadlock detected'), { code: '40P01' })
    return ok(attempts)
  })
  expect(done).toEqual({ ok: true, value: 2 })
  expect(sent).toEqual(['begin', 'rollback', 'begin', 'commit'])
})
