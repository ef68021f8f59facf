import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { bucketOf } from '../../src/core/lib/bucket.ts'
import type { Database } from '../../src/db/database.ts'
import { statement } from '../../src/db/statement.ts'
import { openTestDatabase, TEMPLATE } from '../support/database.ts'

/** Guarantee: a customer's own cap of credits is set, shown and cleared from the command line, never without a reason. */
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const name = `commands_${randomUUID().replaceAll('-', '')}`
let database: Database
let url: string

beforeAll(async () => {
  const server = inject('server')
  const admin = openTestDatabase(server, 'purser', 1)
  await admin.withConnection((_query, raw) => raw(`create database ${name} template ${TEMPLATE}`))
  await admin.close()
  database = openTestDatabase(server, name, 1)
  url = `postgresql://${server.user}@localhost/${name}?host=${encodeURIComponent(server.host)}&port=${server.port}`
})
afterAll(() => database.close())

async function purser(...args: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, DATABASE_URL: url }
  return (await promisify(execFile)(process.execPath, [MAIN, ...args], { env })).stdout
}

async function addCustomer(projectId: string, appUserId: string): Promise<void> {
  await database.withConnection((_query, raw) =>
    raw(`
      insert into customers (bucket, customer_id, project_id, original_app_user_id, first_seen_at, last_seen_at, revision)
      values (1, 'cust1', '${projectId}', '${appUserId}', now(), now(), 1);
      insert into customer_aliases (bucket, project_id, app_user_id, customer_bucket, customer_id, last_seen_at)
      values (${bucketOf(projectId, appUserId)}, '${projectId}', '${appUserId}', 1, 'cust1', now())`),
  )
}

test('a cap is set, shown with who decided it, and cleared', { timeout: 60_000 }, async () => {
  const { projectId } = JSON.parse(await purser('project', 'create', 'My apps'))
  await addCustomer(projectId, 'anna')
  const cap = (...args: string[]) => purser('usage', 'cap', ...args)
  const set = JSON.parse(await cap('anna', '1000', '--reason', 'early access'))
  expect(set).toMatchObject({ creditsTotal: 1_000, changes: [{ reason: 'early access', actor: 'command line' }] })
  expect(JSON.parse(await cap('anna'))).toEqual(set)
  const cleared = JSON.parse(await cap('anna', 'none', '--reason', 'it is over', '--project', projectId))
  expect([cleared.creditsTotal, cleared.changes.length]).toEqual([null, 2])
  const [row] = await database.query(statement('test.revision', 'select revision from customers'), [])
  expect(row).toEqual({ revision: 3 })

  await expect(cap('anna', '5')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('--reason') })
  await expect(cap('anna', '-5', '--reason', 'early access')).rejects.toMatchObject({ code: 1 })
  await expect(cap('anna', '2000000001', '--reason', 'early access')).rejects.toMatchObject({
    stderr: expect.stringContaining('must be a whole number up to 2000000000, or none'),
  })
  await expect(cap('anna', '5', '--reason', 'x')).rejects.toMatchObject({
    stderr: expect.stringContaining('must have 3 to 500 characters'),
  })
  await expect(cap('ghost', '5', '--reason', 'early access')).rejects.toMatchObject({
    stderr: expect.stringContaining('has used the app as ghost'),
  })
  expect(JSON.parse(await cap('anna')).changes).toHaveLength(2)
})
