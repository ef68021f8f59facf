import { expect, test } from 'vitest'
import { bucketOf } from '../../src/core/lib/bucket.ts'
import { statement } from '../../src/db/statement.ts'
import { newCommandLine } from '../support/command.ts'

/** Guarantee: a customer is deleted from the command line when it is said twice, and only the one that was named. */
const command = newCommandLine()

test('a customer is deleted by any of the ids, and never without --yes', async () => {
  const { projectId } = JSON.parse(await command.quickly('project', 'create', 'My apps'))
  const names = ['anna', 'ben'].map((name, index) => {
    const bucket = bucketOf(projectId, name)
    return `insert into customers (bucket, customer_id, project_id, original_app_user_id, first_seen_at, last_seen_at, revision)
      values (1, 'cust${index}', '${projectId}', '${name}', now(), now(), 1);
      insert into customer_aliases (bucket, project_id, app_user_id, customer_bucket, customer_id, last_seen_at)
      values (${bucket}, '${projectId}', '${name}', 1, 'cust${index}', now());`
  })
  await command.database.withConnection((_query, raw) => raw(names.join('\n')))
  const remove = (...args: string[]) => command.quickly('customer', 'delete', ...args)
  await expect(remove('anna')).rejects.toThrow('--yes')
  expect(await remove('anna', '--yes')).toBe('anna is deleted\n')
  await expect(remove('anna', '--yes')).rejects.toThrow('nobody')
  const left = statement('test.names', 'select app_user_id as name from customer_aliases')
  expect(await command.database.query(left, [])).toEqual([{ name: 'ben' }])
})
