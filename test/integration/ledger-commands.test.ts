import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { beforeEach, expect, inject, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'

/** Guarantee: whoever has the server's command line can answer a support question without the Admin Credits API. */
const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts')

const shop = newShopPerStory()
let api: AdminApi
let url: string
beforeEach(async () => {
  api = await adminApi(shop.ctx, shop.demo.projectId)
  const { user, host, port } = inject('server')
  const name = statement('test.database_name', 'select current_database()::text as name')
  const [row] = await shop.database.query<{ name: string }>(name, [])
  url = `postgresql://${user}@localhost/${row?.name}?host=${encodeURIComponent(host)}&port=${port}`
})

type Answer = { code: number; out: string; err: string }

async function purser(...args: string[]): Promise<Answer> {
  const env = { PATH: process.env.PATH, DATABASE_URL: url }
  const run = promisify(execFile)(process.execPath, [MAIN, ...args], { env })
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, err: stderr }),
    ({ code, stdout, stderr }) => ({ code, out: stdout, err: stderr }),
  )
}

async function fill(): Promise<void> {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  shop.clock.advance(60_000)
  await api.post('/adjust', { user_id: 'anna', amount: -100, reason: 'ZD-1 abuse' })
}

test('a balance is explained in words and as JSON', { timeout: 60_000 }, async () => {
  await fill()
  const { code, out } = await purser('explain', 'balance', 'anna', 'CRD')
  expect(code).toBe(0)
  expect(out).toMatch(/^anna can spend 400 CRD at /)
  expect(out).toContain('+500  granted for purchases')
  expect(out).toContain('admin_adjust of admin, "ZD-1 abuse"')
  expect(out).toContain('the chain of 2 transactions is sound')
  const json = JSON.parse((await purser('explain', 'balance', 'anna', 'CRD', '--json')).out)
  expect(json).toMatchObject({ balance: 400, agrees: true, check: { outcome: 'sound' } })
})

test('a ledger that does not agree, and a customer who is not there, end with code 1', {
  timeout: 60_000,
}, async () => {
  await fill()
  const set = statement('test.tamper', 'update wallet_balances set balance = balance + $1')
  await shop.database.query(set, [1])
  const wrong = await purser('explain', 'balance', 'anna', 'CRD')
  await shop.database.query(set, [-1])
  expect([wrong.code, wrong.err]).toEqual([1, 'the ledger does not agree with the balance\n'])
  expect(wrong.out).toContain('401 is kept, and the ledger adds up to 400')
  const nobody = await purser('explain', 'balance', 'nobody', 'CRD')
  expect([nobody.code, nobody.err]).toEqual([1, 'the balance of nobody cannot be explained: customer_not_found\n'])
})

test('a statement tells a moment that is past, or the latest transactions', { timeout: 60_000 }, async () => {
  await fill()
  const then = (await purser('ledger', 'statement', 'anna', '--at', '2026-01-31T10:00:30Z')).out.split('\n')
  expect(then.slice(0, 2)).toEqual(['at 2026-01-31T10:00:30.000Z', 'balance CRD 500'])
  expect(then[2]).toMatch(/^ {2}lot\w+ {2}500 of 500 {2}purchase {2}without an end$/)
  const before = await purser('ledger', 'statement', 'anna', '--at', '2026-01-31T09:00:00Z')
  expect(before.out).toContain('no transactions by then')
  expect((await purser('ledger', 'statement', 'anna')).out).toMatch(/^balance CRD 400\n.*admin_adjust {2}-100 CRD/)
  const faulty = await purser('ledger', 'statement', 'anna', '--at', 'yesterday')
  expect([faulty.code, faulty.err]).toEqual([1, '--at must be a time such as 2026-05-04T10:00:00Z\n'])
})

test('older transactions are indexed by a command', { timeout: 60_000 }, async () => {
  await fill()
  await shop.database.query(statement('test.no_references', 'delete from wallet_references'), [])
  expect((await purser('ledger', 'index')).out).toBe('2 transactions read, 1 references added\n')
  expect((await api.get('/transactions?ticket=ZD-1')).body.items).toHaveLength(1)
})
