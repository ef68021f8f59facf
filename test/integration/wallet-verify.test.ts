import { afterAll, beforeAll, expect, test } from 'vitest'
import { sha256 } from '../../src/db/sha256.ts'
import { verifyLedger } from '../../src/db/wallet-verify.ts'
import { setCurrencyPolicy } from '../../src/usecases/catalog/set-currency-policy.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { expireDueHolds } from '../../src/usecases/wallet/expire-due-holds.ts'
import { lapseDueLots } from '../../src/usecases/wallet/lapse-due-lots.ts'
import { transferUnits } from '../../src/usecases/wallet/transfer-units.ts'
import { adminApi } from '../support/admin-api.ts'
import { auditDatabase } from '../support/audit.ts'
import { buy, createDemo } from '../support/demo.ts'
import { letGrantsLapse } from '../support/lapsing-grants.ts'
import { letStoreSay, refundAt } from '../support/refund.ts'
import { runDue } from '../support/run-due.ts'
import { openWorld, type World } from '../support/world.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'

let world: World

/** One of everything that can happen to a ledger. */
beforeAll(async () => {
  world = await openWorld()
  const demo = await createDemo(world.ctx)
  const { projectId } = demo
  await letGrantsLapse(world, projectId)
  const api = await adminApi(world.ctx, projectId)
  await buy(world.ctx, demo, PHONE, 'credits_500')
  const { purchase } = await buy(world.ctx, demo, 'anna', 'pro_monthly')
  await buy(world.ctx, demo, 'ben', 'credits_500')
  const kept = (await api.post('/users/anna/holds', { amount: 30, reason: 'job 1' })).body.hold_id
  await api.post(`/users/${encodeURIComponent(PHONE)}/holds`, { amount: 40, reason: 'job 2' })
  const captured = (await api.post(`/holds/${kept}/capture`, { amount: 10 })).body.transaction_id
  await identifyCustomer(world.ctx, { projectId, appUserId: PHONE, newAppUserId: 'anna' })
  expect((await api.post(`/transactions/${captured}/reverse`, { reason: 'ZD-3' })).status).toBe(200)
  const spent = await api.post('/adjust', { user_id: 'anna', amount: -100, reason: 'ZD-1' })
  await api.post(`/transactions/${spent.body.transaction_id}/reverse`, { reason: 'ZD-2' })
  await letStoreSay(
    world.ctx,
    { projectId, appUserId: 'anna', purchaseId: purchase.purchaseId },
    { refund: refundAt(1) },
  )
  await buy(world.ctx, demo, 'ben', 'pro_monthly')
  await api.post('/users/ben/holds', { amount: 5, reason: 'job 3', expires_in_seconds: 604_800 })
  world.clock.advance(3_600_000)
  await expireDueHolds(world.ctx)
  world.clock.set(Date.parse('2026-02-28T10:00:00Z'))
  await lapseDueLots(world.ctx)
  await runDue(world.ctx)
  await expireDueHolds(world.ctx)
  await api.post('/users/ben/holds', { amount: 7, reason: 'job 4' })
  await setCurrencyPolicy(world.ctx, { projectId, code: 'CRD', change: { transfersAllowed: true } })
  await buy(world.ctx, demo, 'cleo', 'pro_annual')
  const transfer = { projectId, fromUserId: 'ben', toUserId: 'cleo', currency: 'CRD', amount: 3, reason: 'a present' }
  const caller = { idempotencyKey: null, actor: 'admin', requestId: 'req1' }
  expect(await transferUnits(world.ctx, { ...transfer, ...caller })).toMatchObject({ ok: true })
})
afterAll(() => world.close())

function verify() {
  return verifyLedger(world.database, { hash: sha256, onProgress: () => undefined })
}

test('a ledger that only the use cases wrote is sound, whatever happened to it', async () => {
  const report = await verify()
  expect(report.fault).toBeNull()
  expect(report.customers).toBe(report.of)
  expect(report.transactions).toBeGreaterThan(15)
  expect(await auditDatabase(world.database)).toEqual([])
})

/** Ways in which somebody with access to the tables could change what happened. */
const TAMPERING: Array<[string, string]> = [
  [`update wallet_transactions set reason = 'ZD-9' where reason = 'ZD-1'`, 'transaction vatx'],
  [
    `update wallet_postings set amount = amount * 2 where account in ('wallet', 'issued_by_operator')`,
    'transaction vatx',
  ],
  [`delete from wallet_draws where amount < 0`, 'transaction vatx'],
  [`update wallet_lots set expires_at = null where expires_at is not null`, 'transaction vatx'],
  [`update wallet_balances set balance = balance + 1 where balance > 0`, 'balance CRD'],
  [`update wallet_lots set remaining = granted where remaining > 0 and remaining < granted`, 'lot lot'],
  [`update wallet_holds set status = 'voided', closed_at = created_at where status = 'open'`, 'holds CRD'],
  [`update customers set ledger_sequence = ledger_sequence - 1 where ledger_sequence > 0`, 'customer cust'],
  [`update wallet_draws set transaction_id = transaction_id || 'x'`, 'transaction vatx'],
  [
    `with t as (delete from wallet_postings where transaction_id = (select max(transaction_id) from wallet_transactions) returning 1)
     select 1 from t; delete from wallet_transactions where transaction_id = (select max(transaction_id) from wallet_transactions)`,
    'customer cust',
  ],
  [
    `insert into wallet_postings select bucket, customer_id, transaction_id || 'x', number, account, currency, amount
       from wallet_postings where transaction_id = (select max(transaction_id) from wallet_transactions)`,
    'posting of transaction vatx',
  ],
  // Nothing of it is left in the receiver's ledger, which is sound by itself.
  [
    `update customers c set ledger_sequence = t.sequence - 1, ledger_hash = t.previous_hash from wallet_transactions t
       where t.kind = 'transfer_in' and t.customer_id = c.customer_id;
     update wallet_balances b set balance = 0 from wallet_transactions t
       where t.kind = 'transfer_in' and t.customer_id = b.customer_id;
     delete from wallet_lots l using wallet_transactions t
       where t.kind = 'transfer_in' and t.transaction_id = l.transaction_id;
     delete from wallet_postings p using wallet_transactions t
       where t.kind = 'transfer_in' and t.transaction_id = p.transaction_id;
     delete from wallet_transactions where kind = 'transfer_in'`,
    'transfer xfer',
  ],
]

test.each(TAMPERING)('the verifier names the first row after: %s', async (sql, row) => {
  await world.database.withConnection(async (_query, raw) => {
    await raw('create schema if not exists kept')
    for (const table of [...TABLES, 'customers']) await raw(`create table kept.${table} as table ${table}`)
    try {
      await raw(sql)
      const { fault } = await verify()
      expect(fault?.row.startsWith(row), JSON.stringify(fault)).toBe(true)
      expect(fault?.customerId).toMatch(/^cust/)
    } finally {
      await raw(`set session_replication_role = replica; truncate ${TABLES.join(', ')}`)
      for (const table of TABLES) await raw(`insert into ${table} select * from kept.${table}`)
      await raw(RESTORE_HEADS)
      await raw('set session_replication_role = default; drop schema kept cascade')
    }
  })
})

const RESTORE_HEADS = `update customers c set ledger_sequence = k.ledger_sequence, ledger_hash = k.ledger_hash
  from kept.customers k where k.customer_id = c.customer_id`
const TABLES = [
  'wallet_draws',
  'wallet_lots',
  'wallet_postings',
  'wallet_transactions',
  'wallet_balances',
  'wallet_holds',
]
