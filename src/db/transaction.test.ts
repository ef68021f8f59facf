import { expect, test } from 'vitest'
import { ConflictError } from '../core/lib/conflict-error.ts'
import { ok } from '../core/lib/result.ts'
import type { Database } from './database.ts'
import { transactionRunner } from './transaction.ts'

/** A database of which only the connection is asked. */
function runner(query: () => Promise<unknown[]> = async () => [], beginning = async (): Promise<void> => undefined) {
  const sent: string[] = []
  const raw = async (sql: string) => {
    sent.push(sql)
    if (sql === 'begin') await beginning()
    return { command: sql.toUpperCase() }
  }
  const withConnection = async (work: (...args: unknown[]) => unknown) => work(query, raw)
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

test('a deadlock is begun again even when what failed because of it is heard of first', async () => {
  const failures = [
    { name: 'deadlock detected', code: '40P01' },
    { name: 'current transaction is aborted', code: '25P02' },
  ]
  const { sent, transaction } = runner(async () => {
    const failure = failures.shift()
    if (failure !== undefined) throw Object.assign(new Error(failure.name), { code: failure.code })
    return []
  })
  const done = await transaction(async (tx) => {
    const slow = tx.customers.findByAppUserId('project', 'anna').catch(async (error: unknown) => {
      await new Promise((resolve) => setImmediate(resolve))
      throw error
    })
    await Promise.all([slow, tx.customers.findByAppUserId('project', 'bert')])
    return ok('done')
  })
  expect(done).toEqual({ ok: true, value: 'done' })
  expect(sent).toEqual(['begin', 'rollback', 'begin', 'commit'])
})

test('when the transaction could not begin, nothing is sent that would be committed by itself', async () => {
  const failure = Object.assign(new Error('canceling statement due to user request'), { code: '57014' })
  let statements = 0
  const query = async () => {
    statements += 1
    await new Promise((resolve) => setImmediate(resolve))
    return []
  }
  const { sent, transaction } = runner(query, () => Promise.reject(failure))
  const failed = await transaction(async (tx) => {
    await tx.customers.findByAppUserId('project', 'anna')
    await tx.customers.moveAliases(
      { projectId: 'project', bucket: 1, customerId: 'anna' },
      { projectId: 'project', bucket: 2, customerId: 'bert' },
    )
    return ok('done')
  }).catch((error: unknown) => error)
  expect(failed).toBe(failure)
  expect(statements).toBe(1)
  expect(sent).toEqual(['begin', 'rollback'])
})
