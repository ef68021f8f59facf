import { expect, test } from 'vitest'
import { bucketOf } from '../../src/core/lib/bucket.ts'
import { statement } from '../../src/db/statement.ts'
import { newCommandLine } from '../support/command.ts'

/** Guarantee: a customer's own cap of credits is set, shown and cleared from the command line, never without a reason. */
const command = newCommandLine()
const { purser } = command

async function addCustomer(projectId: string, appUserId: string): Promise<void> {
  await command.database.withConnection((_query, raw) =>
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
  const [row] = await command.database.query(statement('test.revision', 'select revision from customers'), [])
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
