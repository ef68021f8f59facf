import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { addCustomers } from '../support/bulk.ts'
import { createDemo } from '../support/demo.ts'
import { openWorld, type World } from '../support/world.ts'

/** Guarantee: a file is tried, carried out and reported from the command line, and the exit code says how it went. */
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')
let world: World
let folder: string
let url: string

const NAME = statement('test.database_name', 'select current_database() as name')
const COUNTS = statement(
  'test.bulk_counts',
  'select (select count(*) from bulk_grants) as grants, (select count(*) from wallet_transactions) as transactions',
)

beforeAll(async () => {
  world = await openWorld()
  folder = await mkdtemp(join(tmpdir(), 'purser-bulk-'))
  const { projectId } = await createDemo(world.ctx)
  await addCustomers(world.ctx, projectId, ['anna'])
  const { host, port, user } = inject('server')
  const [row] = await world.database.query<{ name: string }>(NAME, [])
  url = `postgresql://${user}@localhost/${row?.name}?host=${encodeURIComponent(host)}&port=${port}`
})
afterAll(async () => {
  await world.close()
  await rm(folder, { recursive: true })
})

type Ended = { code: number; stdout: string; stderr: string }

function purser(...args: string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, DATABASE_URL: url }
  return new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { env }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    )
  })
}

test('a file is refused, tried and carried out', { timeout: 180_000 }, async () => {
  const file = join(folder, 'may.csv')
  await writeFile(file, 'user_id,amount\nanna,5.5\n,1\n')
  const faulty = await purser('bulk', 'grant', file, '--reason', 'ZD-1 outage')
  expect(faulty).toMatchObject({ code: 1, stdout: '' })
  expect(faulty.stderr).toContain('line 2, amount: must be a whole number\n  line 3, user_id: is required')

  await writeFile(file, 'user_id,amount\nanna,5\nnobody,5\nanna,-3\n')
  const tried = await purser('bulk', 'grant', file, '--reason', 'ZD-1 outage', '--dry-run')
  expect(tried).toMatchObject({ code: 2, stderr: '' })
  expect(tried.stdout).toContain('3 rows of 2 users, 1 of them unknown')
  expect(await readFile(`${file}.result.csv`, 'utf8')).toContain(
    '3,nobody,5,CRD,ZD-1 outage,,waiting,,customer_not_found',
  )
  expect(await world.database.query(COUNTS, [])).toEqual([{ grants: 0, transactions: 0 }])

  const report = join(folder, 'done.csv')
  const done = await purser('bulk', 'grant', file, '--reason', 'ZD-1 outage', '--report', report)
  expect(done).toMatchObject({ code: 2, stderr: '' })
  expect(done.stdout).toContain('is done: 2 done, 1 refused, 0 left')
  expect((await readFile(report, 'utf8')).split('\r\n')[3]).toMatch(/^4,anna,-3,CRD,ZD-1 outage,,done,,,vatx\w+,2,/)
  expect(await world.database.query(COUNTS, [])).toEqual([{ grants: 1, transactions: 2 }])

  await writeFile(file, 'user_id,amount\nanna,1\n')
  expect(await purser('bulk', 'grant', file, '--reason', 'ZD-1 outage')).toMatchObject({ code: 0 })
  expect(await purser('bulk', 'resume', 'bulk0')).toMatchObject({
    code: 1,
    stderr: 'bulk0 cannot go on: there is no such bulk grant\n',
  })
})
