import { randomUUID } from 'node:crypto'
import { inject } from 'vitest'
import type { Clock } from '../../src/core/lib/clock.ts'
import { ok } from '../../src/core/lib/result.ts'
import type { Database } from '../../src/db/database.ts'
import { newIds } from '../../src/db/new-ids.ts'
import { statement } from '../../src/db/statement.ts'
import type { Ctx } from '../../src/usecases/ports.ts'
import { openTestDatabase, TEMPLATE } from '../support/database.ts'
import { createDemo, type Demo } from '../support/demo.ts'
import { configureUsage } from '../support/usage.ts'
import { addEndpoint } from '../support/webhook-sending.ts'
import { CURRENCIES, GRANTS, RENEWALS_MAX } from './shop-fixture.ts'
import { realTransactions, simulatedContext } from './simulated-context.ts'

/** One database with one project, in which seeds are run one after the other. */
export type SimulatedShop = {
  demo: Demo
  database: Database
  /** Forgets all customers and what they did; the project stays. */
  empty(): Promise<void>
  /** Waits until the server has nothing left to do for connections that were lost. */
  settle(): Promise<void>
  close(): Promise<void>
}

export const START_AT = Date.parse('2026-01-31T10:00:00Z')

const POOL_SIZE = 8

const CUSTOMER_TABLES = statement(
  'simulation.customer_tables',
  `select table_name as name from information_schema.columns
   where table_schema = 'public' and column_name = 'bucket' order by table_name`,
)
const SET_DEBT_POLICY = statement(
  'simulation.debt_policy',
  'update currencies set debt_policy = $3 where project_id = $1 and code = $2',
)
const BUSY = statement(
  'simulation.busy',
  `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
   and backend_type = 'client backend' and state <> 'idle'`,
)

export async function openShop(): Promise<SimulatedShop> {
  const server = inject('server')
  const name = `simulation_${randomUUID().replaceAll('-', '')}`
  const admin = openTestDatabase(server, 'purser', 1)
  await admin.withConnection((_query, raw) => raw(`create database ${name} template ${TEMPLATE}`))
  // The server itself never crashes here, so nothing depends on what is on its disk; test/crash looks at that.
  await admin.withConnection((_query, raw) => raw(`alter database ${name} set synchronous_commit = off`))
  const database = openTestDatabase(server, name, POOL_SIZE)
  const clock: Clock = { now: () => START_AT }
  const options = { clock, ids: newIds(clock), announce: () => undefined, openTransactions: realTransactions }
  const demo = await furnish(simulatedContext(database, options), database)
  // Rows are deleted and tables not truncated: that would have every statement planned again, on every connection.
  const tables = await database.query<{ name: string }>(CUSTOMER_TABLES, [])
  const deletes = [...tables.map((table) => table.name), 'event_feeds'].map((table) => `delete from ${table}`)
  const wipe = ['begin', 'set local session_replication_role = replica', ...deletes, 'commit'].join('; ')
  return {
    demo,
    database,
    async empty() {
      await database.withConnection((_query, raw) => raw(wipe))
    },
    async settle() {
      while ((await database.query(BUSY, [])).length > 0) await new Promise((resolve) => setImmediate(resolve))
    },
    async close() {
      // First the server's side, so that a run that is stuck lets go.
      await admin.withConnection((_query, raw) => raw(`drop database ${name} with (force)`))
      await database.close()
      await admin.close()
    },
  }
}

/** The demo project with three currencies, subscriptions of minutes whose units lapse, usage, and a receiver of events. */
async function furnish(ctx: Ctx, database: Database): Promise<Demo> {
  const demo = await createDemo(ctx)
  const { projectId } = demo
  const catalog = await ctx.read.catalog.ofProject(projectId)
  await ctx.transaction(async (tx) => {
    await tx.projects.updateTestStore(projectId, { testStorePace: 'accelerated', testStoreMaxRenewals: RENEWALS_MAX })
    for (const code of Object.keys(CURRENCIES)) {
      const existing = catalog.currencies.some((currency) => currency.code === code)
      if (!existing) await tx.catalog.insertCurrency(projectId, { code, name: code, description: null }, START_AT)
      const grants = [...catalog.products.values()].flatMap(({ productId, storeProductId, type }) => {
        const amount = GRANTS[storeProductId]?.[code] ?? 0
        return amount === 0 ? [] : [{ productId, amount, trialAmount: 0, expireAtCycleEnd: type === 'subscription' }]
      })
      await tx.catalog.replaceGrants(projectId, code, grants)
    }
    return ok(null)
  })
  for (const [code, policy] of Object.entries(CURRENCIES))
    await database.query(SET_DEBT_POLICY, [projectId, code, policy])
  ctx.read.catalog.forget(projectId)
  await configureUsage(ctx, projectId)
  await addEndpoint(ctx, projectId, { url: 'https://127.0.0.1/hook' })
  return demo
}
