import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { newShopPerStory } from '../support/story.ts'

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
const NAME = statement('test.database_name', 'select current_database() as name')

const shop = newShopPerStory()

/** Runs a command on the shop's database. */
async function purser(...args: string[]): Promise<string> {
  const { host, port, user } = inject('server')
  const [row] = await shop.database.query<{ name: string }>(NAME, [])
  const url = `postgresql://${user}@localhost/${row?.name}?host=${encodeURIComponent(host)}&port=${port}`
  const env = { PATH: process.env.PATH, DATABASE_URL: url }
  return (await promisify(execFile)(process.execPath, [MAIN, ...args], { env })).stdout
}

test('the policy of a currency is read and changed by a command, and what is wrong is said', {
  timeout: 60_000,
}, async () => {
  const policy = { debtPolicy: 'clamp', transfersAllowed: false, floor: 0 }
  expect(JSON.parse(await purser('currency', 'policy', 'CRD'))).toEqual(policy)
  const options = ['--debt', 'debt', '--transfers', 'on', '--floor', '100']
  const changed = { debtPolicy: 'debt', transfersAllowed: true, floor: 100 }
  expect(JSON.parse(await purser('currency', 'policy', 'CRD', ...options))).toEqual(changed)
  const [currency] = await shop.ctx.read.catalog.currencies(shop.demo.projectId)
  expect(currency?.policy).toEqual(changed)
  for (const [args, said] of [
    [['GLD'], 'there is no currency GLD'],
    [['CRD', '--floor', '-1'], 'must be a whole number from 0 to 2000000000'],
    [['CRD', '--debt', 'forgive'], 'Allowed choices are clamp, debt, block'],
  ] as const) {
    await expect(purser('currency', 'policy', ...args)).rejects.toMatchObject({ stderr: expect.stringContaining(said) })
  }
})
