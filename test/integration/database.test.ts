import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ConflictError } from '../../src/core/lib/conflict-error.ts'
import { ok, refuse } from '../../src/core/lib/result.ts'
import { statement } from '../../src/db/statement.ts'
import { transactionRunner } from '../../src/db/transaction.ts'
import type { Tx } from '../../src/usecases/ports.ts'
import { openOtherProcess } from '../support/other-process.ts'
import { openWorld, type World } from '../support/world.ts'

const BACKEND = statement('test.backend', 'select pg_backend_pid() as pid')
const TERMINATE = statement('test.terminate', 'select pg_terminate_backend($1::integer, 5000)')
const NAMES = statement('test.names', 'select name from projects order by name')

let world: World
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world.close())

function project(name: string) {
  return {
    projectId: world.ctx.ids.next('project'),
    name,
    isDemo: false,
    restoreBehavior: 'transfer' as const,
    testStorePace: 'calendar' as const,
    testStoreMaxRenewals: null,
  }
}

async function names(): Promise<string[]> {
  return (await world.database.query<{ name: string }>(NAMES, [])).map((row) => row.name)
}

describe('a transaction', () => {
  test('undoes every statement when one in the middle of a pipeline fails, also those sent after it', async () => {
    const now = world.clock.now()
    const twice = project('first of a pair')
    const work = world.ctx.transaction(async (tx) => {
      await Promise.all([
        tx.projects.insertProject(project('before the failure'), now),
        tx.projects.insertProject({ ...twice, testStoreMaxRenewals: -1 }, now),
        tx.projects.insertProject(project('after the failure'), now),
      ])
      return ok(null)
    })
    await expect(work).rejects.toMatchObject({ code: '23514' })
    expect(await names()).toEqual([])
  })

  test('that is refused or throws leaves nothing, and the connection serves the next one', async () => {
    const now = world.clock.now()
    const refused = await world.ctx.transaction(async (tx) => {
      await tx.projects.insertProject(project('refused'), now)
      return refuse({ code: 'no' as const })
    })
    expect(refused).toEqual({ ok: false, refusal: { code: 'no' } })
    const thrown = world.ctx.transaction(async (tx) => {
      await tx.projects.insertProject(project('thrown'), now)
      throw new Error('a bug')
    })
    await expect(thrown).rejects.toThrow('a bug')
    expect(await names()).toEqual([])
  })

  test('in which a failed statement was overlooked is not taken for committed', async () => {
    const now = world.clock.now()
    const careless = world.ctx.transaction(async (tx) => {
      await tx.projects.insertProject(project('careless'), now)
      await tx.projects.insertProject({ ...project('broken'), testStoreMaxRenewals: -1 }, now).catch(() => undefined)
      return ok('done')
    })
    await expect(careless).rejects.toThrow('a transaction with a failed statement was committed')
    expect(await names()).toEqual([])
  })

  test('announces its changes after the commit, and never those of an attempt that was given up', async () => {
    const announced: number[] = []
    let attempts = 0
    const transaction = transactionRunner(
      world.database,
      () => world.ctx.ids.next('event'),
      (change) => announced.push(change.revision),
    )
    const customer = { projectId: 'proj', bucket: 1, customerId: 'cust' }
    const change = { ...customer, kinds: [], cause: 'profile', currency: null, absorbedCustomerId: null } as const
    await transaction(async (tx) => {
      attempts += 1
      await tx.events.append(customer, { ...change, revision: attempts, occurredAt: 0 }, [])
      expect(announced).toEqual([])
      if (attempts < 3) throw new ConflictError('somebody was faster')
      return ok(null)
    })
    expect(announced).toEqual([3])
  })

  test('that starts over because of a conflict goes on with the same connection', async () => {
    const database = await openOtherProcess(world.database, 1)
    try {
      const [before] = await database.query<{ pid: number }>(BACKEND, [])
      let attempts = 0
      const transaction = transactionRunner(
        database,
        () => 'evnt',
        () => undefined,
      )
      await transaction(async () => {
        attempts += 1
        if (attempts === 1) throw new ConflictError('somebody was faster')
        return ok(null)
      })
      expect(await database.query(BACKEND, [])).toEqual([before])
    } finally {
      await database.close()
    }
  })

  test('gives up on a conflict that never ends instead of trying for ever', async () => {
    let attempts = 0
    const endless = world.ctx.transaction(async () => {
      attempts += 1
      throw new ConflictError('again')
    })
    await expect(endless).rejects.toThrow('again')
    expect(attempts).toBeGreaterThan(1)
    expect(attempts).toBeLessThan(50)
  })

  test('that the database chose as the victim of a deadlock starts over, and both get on', async () => {
    const one = await newCustomer('deadlock-one')
    const other = await newCustomer('deadlock-other')
    let attempts = 0
    const oneLocked = Promise.withResolvers<void>()
    const otherLocked = Promise.withResolvers<void>()
    const lockBoth = (
      first: string,
      own: PromiseWithResolvers<void>,
      awaited: PromiseWithResolvers<void>,
      second: string,
    ) =>
      world.ctx.transaction(async (tx: Tx) => {
        attempts += 1
        await tx.customers.lockByAppUserId('proj', first)
        own.resolve()
        await awaited.promise
        await tx.customers.lockByAppUserId('proj', second)
        return ok(second)
      })
    const results = await Promise.all([
      lockBoth(one, oneLocked, otherLocked, other),
      lockBoth(other, otherLocked, oneLocked, one),
    ])
    expect(results).toEqual([
      { ok: true, value: other },
      { ok: true, value: one },
    ])
    expect(attempts).toBe(3)
  })
})

describe('a connection that is lost', () => {
  test('in the middle of a transaction fails that one alone: nothing is kept, and the connection is not used again', async () => {
    const database = await openOtherProcess(world.database, 1)
    try {
      const transaction = transactionRunner(
        database,
        () => 'evnt',
        () => undefined,
      )
      let lost = 0
      const broken = transaction(async (tx) => {
        await tx.projects.insertProject(project('lost on the way'), world.clock.now())
        lost = await backendOfTransaction()
        await world.database.query(TERMINATE, [lost])
        await tx.projects.insertProject(project('never sent'), world.clock.now())
        return ok(null)
      })
      await expect(broken).rejects.toThrow()
      const [next] = await database.query<{ pid: number }>(BACKEND, [])
      expect(next?.pid).not.toBe(lost)
      expect(await names()).toEqual([])
    } finally {
      await database.close()
    }
  })

  test('after the last statement and before the commit is an error, not a success', async () => {
    const database = await openOtherProcess(world.database, 1)
    try {
      const transaction = transactionRunner(
        database,
        () => 'evnt',
        () => undefined,
      )
      const broken = transaction(async (tx) => {
        await tx.projects.insertProject(project('not committed'), world.clock.now())
        await world.database.query(TERMINATE, [await backendOfTransaction()])
        return ok(null)
      })
      await expect(broken).rejects.toThrow()
      expect(await names()).toEqual([])
    } finally {
      await database.close()
    }
  })
})

async function newCustomer(appUserId: string): Promise<string> {
  const customerId = world.ctx.ids.next('customer')
  const now = world.clock.now()
  await world.ctx.transaction(async (tx) => {
    const ref = { projectId: 'proj', bucket: 7, customerId }
    await tx.customers.claimAppUserId(ref, appUserId, now)
    const seen = { originalAppUserId: appUserId, firstSeenAt: now, lastSeenAt: now, revision: 1, mergedIntoId: null }
    await tx.customers.insert({ ...ref, ...seen })
    return ok(null)
  })
  return appUserId
}

/** The server process that sits in an open transaction of this database. */
async function backendOfTransaction(): Promise<number> {
  const open = statement(
    'test.open_transactions',
    `select pid from pg_stat_activity
     where datname = current_database() and state = 'idle in transaction' and pid <> pg_backend_pid()`,
  )
  const rows = await world.database.query<{ pid: number }>(open, [])
  expect(rows).toHaveLength(1)
  return rows[0]?.pid ?? 0
}
