import { afterAll, beforeAll, expect, test } from 'vitest'
import { setCurrencyPolicy } from '../../src/usecases/catalog/set-currency-policy.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { grantEntitlement } from '../../src/usecases/entitlements/grant-entitlement.ts'
import { setCreditsCap } from '../../src/usecases/usage/set-credits-cap.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { authoriseHold } from '../../src/usecases/wallet/authorise-hold.ts'
import { transferUnits } from '../../src/usecases/wallet/transfer-units.ts'
import { claimDeliveries } from '../../src/usecases/webhooks/claim-deliveries.ts'
import { relayEvents } from '../../src/usecases/webhooks/relay-events.ts'
import { settleDeliveries } from '../../src/usecases/webhooks/settle-deliveries.ts'
import { auditDatabase } from '../support/audit.ts'
import type { AUDIT_RULES } from '../support/audit-rules.ts'
import { order as orderBulk, upload, workAll } from '../support/bulk.ts'
import { buy, createDemo } from '../support/demo.ts'
import { runDue } from '../support/run-due.ts'
import { addEndpoint } from '../support/webhook-sending.ts'
import { openWorld, type World } from '../support/world.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'

let world: World
beforeAll(async () => {
  world = await openWorld()
  const demo = await createDemo(world.ctx)
  await buy(world.ctx, demo, PHONE, 'credits_500')
  await buy(world.ctx, demo, 'anna', 'pro_monthly')
  const cap = { creditsTotal: 9, reason: 'ZD-3', actor: 'support', requestId: 'req0' }
  await setCreditsCap(world.ctx, { projectId: demo.projectId, userId: PHONE, ...cap })
  await identifyCustomer(world.ctx, { projectId: demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
  const order = { projectId: demo.projectId, userId: 'anna', currency: 'CRD', amount: -30, reason: 'ZD-1' }
  await adjustBalance(world.ctx, { ...order, idempotencyKey: 'zd-1', actor: 'support', requestId: 'req1' })
  const { projectId, userId, currency } = order
  const by = { reason: 'job 7', idempotencyKey: null, actor: 'support', requestId: 'req2' }
  await authoriseHold(world.ctx, { projectId, userId, currency, amount: 50, lifeMs: 60_000, ...by })
  await buy(world.ctx, demo, 'ben', 'pro_annual')
  await setCurrencyPolicy(world.ctx, { projectId, code: currency, change: { transfersAllowed: true } })
  const transfer = { projectId, fromUserId: 'anna', toUserId: 'ben', currency, amount: 5, ...by }
  expect(await transferUnits(world.ctx, transfer)).toMatchObject({ ok: true })
  const terms = { endsAt: null, duration: 'lifetime' as const, startsAt: null }
  const granted = { projectId, appUserId: 'anna', entitlement: 'pro', terms, by: 'apikey1' }
  expect(await grantEntitlement(world.ctx, granted)).toMatchObject({ ok: true })
  const bulk = await upload(world.ctx, projectId, [{ user_id: 'anna', amount: 5 }])
  await orderBulk(world.ctx, bulk, 'start')
  expect(await workAll(world.ctx)).toBe(1)
  world.clock.set(Date.parse('2026-02-28T10:00:00Z'))
  await runDue(world.ctx)
  await tellReceiver(projectId)
})
afterAll(() => world.close())

/** All events are in the feed and wait for a receiver, but for the first of a customer, which it has. */
async function tellReceiver(projectId: string): Promise<void> {
  const endpoint = await addEndpoint(world.ctx, projectId, { url: 'https://127.0.0.1/hook' })
  await relayEvents(world.ctx, (_event, error) => {
    throw error
  })
  const [claimed] = await claimDeliveries(world.ctx, endpoint, 1)
  if (claimed === undefined) throw new Error('something is due')
  const attempt = { at: world.clock.now(), durationMs: 5, status: 200, error: null, headers: {}, answer: '' }
  await settleDeliveries(world.ctx, [{ kind: 'ended', claimed, attempt }])
}

type Rule = keyof typeof AUDIT_RULES

const MERGED = `(select customer_id from customers where merged_into_id is not null)`
const KEPT = `(select customer_id from customers where merged_into_id is null order by customer_id limit 1)`

/** A request of `admin` for a change that was never made, agreed to by whoever is named next. */
const APPROVED = `insert into approvals (approval_id, project_id, user_id, currency, amount, reason, requested_by, created_at,
  expires_at, decision, decided_at, transaction_id, balance, decided_by) select 'appr1', project_id, 'anna', 'CRD', 5, 'ZD-1',
  'admin', now(), now(), 'approved', now(), 'vatx0', 5`

/** Changes at an upstream, of which nothing was told. */
const intents = (status: string, settled: string, ...ids: string[]) => `insert into credit_intents (bucket, project_id,
  app_user_id, intent_id, upstream_project_id, currency, amount, reason, actor, request_id, reverses_intent_id, status,
  attempts, is_uncertain, created_at, settled_at, balance_after) select 0, project_id, 'anna', id, 'proj0', 'CRD', 5, 'ZD-1',
  'admin', 'req1', 'crin0', '${status}', 1, false, now(), ${settled} from projects, unnest('{${ids.join()}}'::text[]) as id`

/** One way to break each rule, as a bug or a lost write would. */
const DAMAGE: Record<Rule, string> = {
  'decisions about a cap of credits are numbered without a gap': 'update cap_overrides set number = number + 1',
  'a cap of credits that came by a merge is one of the customer who was merged':
    'update cap_overrides set credits_total = 8 where merged_from is not null',
  'every alias names an unmerged customer of its project': `update customer_aliases set customer_id = 'cust0' where app_user_id = 'anna'`,
  'every customer has a name, unless it was merged away or erased': 'delete from customer_aliases',
  'the original app user id of a customer is one of its names': `update customers set original_app_user_id = 'ben'`,
  'a merged customer points to an existing one': `update customers set merged_into_id = 'cust0' where merged_into_id is not null`,
  'a merged customer has no purchases and no units': `update wallet_balances set balance = 5 where customer_id = ${MERGED}`,
  'every purchase has exactly one claim, which points to its customer': `update store_claims set customer_id = ${MERGED}`,
  'every claim has its purchase, and no purchase exists twice': `delete from purchases where type = 'consumable'`,
  'a purchase belongs to the project of its customer': `update purchases set project_id = 'proj0'`,
  'the charges of a purchase are numbered without a gap up to its renewal number': `delete from purchase_transactions where number = 1`,
  'the latest charge is what the purchase shows': `update purchases set expires_at = expires_at + interval '1 day'`,
  'every charge belongs to a purchase': `update purchase_transactions set purchase_id = 'purch0' where number = 2`,
  'what renews is due, and what is over is not': 'update purchases set due_at = null',
  'the postings of a ledger transaction sum to zero, currency by currency': `update wallet_postings set amount = amount + 1 where account = 'issued_by_operator'`,
  'every ledger transaction has postings': `delete from wallet_postings where transaction_id in (select transaction_id from wallet_transactions where kind = 'admin_adjust')`,
  'a balance is the sum of the postings to the wallet': `update wallet_balances set balance = balance + 1 where customer_id = ${KEPT}`,
  'a balance is the sum of what remains in the lots': 'update wallet_lots set remaining = granted',
  'what is missing from a lot was drawn by ledger transactions': 'delete from wallet_draws',
  'every posting is of a ledger transaction that exists': `update wallet_postings set transaction_id = transaction_id || 'x' where account = 'wallet'`,
  'every draw is of a lot and a ledger transaction that exist': `update wallet_draws set transaction_id = transaction_id || 'x'`,
  'what a merge took from one customer it gave to another': `update wallet_postings set amount = amount * 2 where account = 'merged' and amount > 0`,
  'what a transfer took from one customer it gave to another of the same project': `update wallet_transactions set operation_id = 'xfer0' where kind = 'transfer_in'`,
  'every lot that came by a transfer goes on from one of somebody else, and does not live longer': `update wallet_lots set origin_lot_id = 'lot0' where transaction_id in (select transaction_id from wallet_transactions where kind = 'transfer_in')`,
  'no charge gave units twice': `update wallet_transactions set store_transaction_id = 'same', purchase_id = 'same' where kind = 'purchase_grant'`,
  'no charge and no end of access was told twice': `insert into events select bucket, customer_id, event_id || 'x', project_id, revision, type, occurred_at, data from events where type = 'RENEWAL'`,
  'a transaction is undone at most once, unless that was undone': `update wallet_transactions set reverses_transaction_id = 'vatx1'`,
  'what is undone exists, in the same project': `update wallet_transactions set reverses_transaction_id = 'vatx0' where kind = 'admin_adjust'`,
  'what is owed is what the postings say': `update wallet_balances set owed = 1 where customer_id = ${KEPT}`,
  'what holds keep is what the postings say': `update wallet_holds set captured = captured + 1`,
  'every hold has the transaction that set its units aside': `update wallet_holds set transaction_id = 'vatx0'`,
  'a merged customer has no holds': `update wallet_holds set (bucket, customer_id) = (select bucket, customer_id from customers where merged_into_id is not null)`,
  'a merged customer has no published messages, and no message is ahead of the revision of its customer': `insert into published_envelopes select bucket, customer_id, '', 'a.b', 'envl0', revision + 1, null, now() from customers where customer_id = ${KEPT}`,
  'a merged customer has no tickets and no links to redeem': `insert into support_tickets select bucket, customer_id, 'tckt0', project_id, 'a', 'b', 'c', now() from customers where merged_into_id is not null`,
  'a merged customer has no grants of entitlements, and who has some is marked':
    'update customers set has_grants = false',
  'the end of a grant is told when it is due, or was told': `update entitlement_grants set due_at = due_at + interval '1 day'`,
  'an erased customer is erased with all who were merged into it, and has no name, no units and no open holds': `update customers set erased_at = now(), original_app_user_id = customer_id where customer_id = ${KEPT}`,
  'a merged customer has no devices': `insert into devices select bucket, customer_id, 'd', project_id, 'ios', 'ab', 'com.example', now() from customers where merged_into_id is not null`,
  'the chain of a ledger has no gap, each link follows from the one before, and it ends where the customer says': `update wallet_transactions set sequence = sequence + 1 where kind = 'admin_adjust'`,
  'every account is one that the ledger knows': `update wallet_postings set account = 'elsewhere'`,
  'what lapsed was in lots that were over': `update wallet_transactions set kind = 'expire' where kind = 'admin_adjust'`,
  'nothing was taken out of a lot or put into it after its end, but for its lapse': `update wallet_lots set expires_at = created_at`,
  'every ledger transaction of a purchase or an operator was told once': `delete from events where type = 'VIRTUAL_CURRENCY_TRANSACTION'`,
  'every reference is of a ledger transaction of its project, from the same time': `update wallet_references set customer_id = 'cust0'`,
  'no event is ahead of the revision of its customer': 'update customers set revision = 1',
  'the answer kept under an idempotency key is of a ledger transaction that was written': `update idempotency_keys set answer = '{"transactionId":"vatx0"}'`,
  'a row of a bulk grant that is done is the ledger transaction that it names': `update bulk_rows set transaction_id = 'vatx0'`,
  'a bulk grant counts what its rows say': 'update bulk_grants set done = 0',
  'a request that was agreed to is the ledger transaction that it names': `${APPROVED}, 'oper1' from projects`,
  'nobody agreed to their own request': `${APPROVED}, 'admin' from projects`,
  'every key of an upstream change stands for one of its user and project': `insert into credit_intent_keys select 0, project_id, 'scope', 'key', 'anna', 'crin0' from projects`,
  'an applied upstream change was told once, to the customer of its user': intents('applied', 'now(), 5', 'crin1'),
  'an upstream change is undone at most once': intents('pending', 'null, null', 'crin1', 'crin2'),
  'the positions of a feed are 1 and up without a gap, and it ends where it says':
    'update event_feeds set last_position = last_position + 1',
  'the events of a customer are in the feed in the order of their revisions, and what waits comes after them':
    'update events set revision = -revision where position is not null',
  'an event has its place in the feed, the id that receivers see and the time of both, or nothing of it':
    'update events set relayed_at = null where position = 1',
  'an event of the feed has its body until it is forgotten or its customer erased':
    'update events set body = null where position = 1',
  'nothing is kept of what an erased customer was told of': 'update customers set erased_at = now()',
  'no fact is in the feed of a project twice': `update events set event_id = 'evnt0' where position in (select max(position) from events group by customer_id)`,
  'no two events of a project have the same id for receivers':
    'update events set webhook_id = (select webhook_id from events where position = 1) where position is not null',
  'every delivery is of an event of the feed of its endpoint, as the feed has it':
    'update webhook_deliveries set position = position + 1000',
  'what waits for an endpoint is in a lane whose turn comes': 'update webhook_lanes set due_at = null',
  'a lane is due no later than its lease runs out': `update webhook_lanes set leased_until = due_at - interval '1 day'`,
  'what counts as delivered was answered well at last': `update webhook_deliveries set state = 'delivered', settled_at = now()`,
  'an erased customer has nothing on its way': 'update customers set erased_at = now()',
}

test('a database that only the use cases wrote to is sound', async () => {
  expect(await auditDatabase(world.database)).toEqual([])
})

/** Audits the database with some damage, which is undone afterwards. */
async function auditAfter(sql: string): Promise<string[]> {
  return world.database.withConnection(async (query, raw) => {
    await raw('begin')
    await raw(sql)
    const violations = await auditDatabase({ query })
    await raw('rollback')
    return violations
  })
}

test.each(Object.entries(DAMAGE))('the audit notices that it is not true that %s', async (rule, sql) => {
  const violations = await auditAfter(sql)
  expect(violations.filter((violation) => violation.startsWith(`${rule} (`))).toHaveLength(1)
})

test('the audit notices a row in the wrong bucket, where nobody would find it', async () => {
  expect(await auditAfter('update customer_aliases set bucket = (bucket + 1) % 1024')).toContainEqual(
    expect.stringContaining('wrong bucket of alias: '),
  )
})
