import { beforeEach, expect, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { identifyCustomer } from '../../src/usecases/customers/identify-customer.ts'
import { setAttributes } from '../../src/usecases/customers/set-attributes.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { indexLedger } from '../../src/usecases/wallet/index-ledger.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'

const PHONE = '$RCAnonymousID:00000000000000000000000000000001'
const ANNA = 'oper019a5c0d1e2f0003a1b2c3d4e5f60718'

const shop = newShopPerStory()
let api: AdminApi
beforeEach(async () => {
  api = await adminApi(shop.ctx, shop.demo.projectId)
  for (const userId of ['anna', 'ben', 'cleo']) await buy(shop.ctx, shop.demo, userId, 'credits_500')
})

/** An adjustment by an operator, a second after the one before. */
async function adjust(userId: string, amount: number, reason: string, actor = `${ANNA}/Anna`): Promise<void> {
  shop.clock.advance(1_000)
  const order = { projectId: shop.demo.projectId, userId, currency: 'CRD', amount, reason, idempotencyKey: null }
  const done = await adjustBalance(shop.ctx, { ...order, actor, requestId: `req_${amount}` })
  expect(done.ok).toBe(true)
}

type Found = { items: Array<{ user_id: string; changes: Array<{ amount: number }> }>; next_cursor: string | null }
const search = async (query: string): Promise<Found> => (await api.get(`/transactions?${query}`)).body
const shown = ({ items }: Found) => items.map(({ user_id, changes }) => `${user_id} ${changes[0]?.amount}`)

test('a ticket is found in whoever is ledger it is, the newest first, and each row names its user', async () => {
  await adjust('anna', 10, 'ZD-1042 outage')
  await adjust('ben', 20, 'see ZD-1042 and SUP-7', 'admin')
  await adjust('cleo', 30, 'ZD-10421 something else')
  await adjust('cleo', 40, 'promised, #1042')
  expect(shown(await search('ticket=ZD-1042'))).toEqual(['ben 20', 'anna 10'])
  expect(shown(await search('ticket=zd-1042'))).toEqual(['ben 20', 'anna 10'])
  expect(shown(await search('ticket=SUP-7'))).toEqual(['ben 20'])
  expect(shown(await search('ticket=%231042'))).toEqual(['cleo 40'])
  expect(shown(await search('ticket=ZD-1'))).toEqual([])
})

test('an operator is found by id; what the rules and the shared secret did is in no index', async () => {
  await adjust('anna', 10, 'goodwill')
  await adjust('ben', 20, 'goodwill', 'admin')
  await adjust('ben', 30, 'goodwill')
  expect(shown(await search(`operator=${ANNA}`))).toEqual(['ben 30', 'anna 10'])
  const rows = statement('test.references', 'select kind, value from wallet_references')
  expect(await shop.database.query(rows, [])).toEqual([
    { kind: 'operator', value: ANNA },
    { kind: 'operator', value: ANNA },
  ])
  expect((await api.get('/transactions?operator=admin')).body.detail).toMatch(/^operator: must be the id/)
})

test.each([
  ['ticket=ZD-1&user_id=anna', ['anna 30', 'anna 10']],
  [`ticket=ZD-1&operator=${ANNA}`, ['anna 30', 'ben 20', 'anna 10']],
  ['ticket=ZD-1&operator=oper0', []],
  ['ticket=ZD-1&since=2026-01-31T10:00:02Z', ['anna 30', 'ben 20']],
  ['ticket=ZD-1&until=2026-01-31T10:00:02Z', ['anna 10']],
  ['ticket=ZD-1&request_id=req_20', ['ben 20']],
  ['ticket=ZD-1&kind=purchase_grant', []],
  ['ticket=ZD-1&currency=GEM', []],
  [`operator=${ANNA}&user_id=ben&currency=CRD&kind=admin_adjust`, ['ben 20']],
  ['user_id=anna', ['anna 30', 'anna 10', 'anna 500']],
  ['user_id=anna&request_id=req_10', ['anna 10']],
])('%s', async (query, found) => {
  await adjust('anna', 10, 'ZD-1')
  await adjust('ben', 20, 'ZD-1')
  await adjust('anna', 30, 'ZD-1')
  expect(shown(await search(query))).toEqual(found)
})

test('a purchase is found by our id and by that of the store, with its refund', async () => {
  const { purchase } = await buy(shop.ctx, shop.demo, 'ben', 'pro_monthly')
  for (const id of [purchase.purchaseId, purchase.storePurchaseId]) {
    expect(shown(await search(`purchase=${id}`))).toEqual(['ben 500'])
    expect(shown(await search(`purchase=${id}&user_id=anna`))).toEqual([])
  }
  expect(shown(await search('purchase=test_0_unknown'))).toEqual([])
})

test('pages meet without a gap or a repeat, whatever is written meanwhile', async () => {
  for (let index = 1; index <= 5; index++) await adjust('anna', index, 'ZD-1')
  for (const query of ['ticket=ZD-1', `operator=${ANNA}`, 'user_id=anna&kind=admin_adjust']) {
    const first = await search(`${query}&limit=2`)
    expect(shown(first)).toEqual(['anna 5', 'anna 4'])
    const second = await search(`${query}&limit=2&cursor=${first.next_cursor}`)
    expect(shown(second)).toEqual(['anna 3', 'anna 2'])
    const third = await search(`${query}&limit=2&cursor=${second.next_cursor}`)
    expect([shown(third), third.next_cursor]).toEqual([['anna 1'], null])
  }
  const first = await search('ticket=ZD-1&limit=2')
  await adjust('anna', 6, 'ZD-1')
  expect(shown(await search(`ticket=ZD-1&limit=2&cursor=${first.next_cursor}`))).toEqual(['anna 3', 'anna 2'])
})

test('a page looks at a bounded number of rows, and says where to go on when it found too few', async () => {
  await adjust('anna', 1, 'ZD-1')
  await adjust('anna', 2, 'ZD-1')
  // As if two thousand others had come after these two.
  const others = statement(
    'test.many_references',
    `insert into wallet_references select r.bucket, r.project_id, r.kind, r.value, r.created_at + interval '1 hour',
       r.transaction_id || n, r.customer_bucket, r.customer_id
     from (select * from wallet_references where kind = 'ticket' limit 1) r, generate_series(1000, 3000) n`,
  )
  await shop.database.query(others, [])
  const first = await search('ticket=ZD-1&limit=2')
  expect(first.items).toEqual([])
  expect(shown(await search(`ticket=ZD-1&limit=2&cursor=${first.next_cursor}`))).toEqual(['anna 2', 'anna 1'])
  await shop.database.query(
    statement('test.forget_references', 'delete from wallet_references where transaction_id ~ $1'),
    ['[0-9a-z]{37}'],
  )
})

test('what somebody did before they were merged is found under who they are now', async () => {
  await buy(shop.ctx, shop.demo, PHONE, 'credits_500')
  await adjust(PHONE, -10, 'ZD-1')
  await identifyCustomer(shop.ctx, { projectId: shop.demo.projectId, appUserId: PHONE, newAppUserId: 'anna' })
  expect(shown(await search('ticket=ZD-1&user_id=anna'))).toEqual([`${PHONE} -10`])
  const { items } = (await api.get('/transactions?user_id=anna&kind=admin_adjust')).body
  const anna = await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')
  expect(items).toMatchObject([{ user_id: PHONE, merged_into: anna?.customerId }])
})

test.each([
  ['', 'give one of ticket, operator, purchase or user_id; the rest only narrows'],
  ['?request_id=req_1&kind=expire', 'give one of ticket, operator, purchase or user_id; the rest only narrows'],
  ['?ticket=sorry', 'ticket: must be such as ZD-1042 or #12345'],
  ['?ticket=ZD-1&ticket=ZD-2', 'ticket: must be such as ZD-1042 or #12345'],
  ['?ticket=ZD-1&cursor=vatx1', 'cursor: must be a next_cursor'],
  ['?ticket=ZD-1&cursor=9999999999999999_vatx1', 'cursor: must be a next_cursor'],
  ['?user_id=a%00b', 'user_id: must not contain control characters'],
  ['?purchase=', 'purchase: must be a text of 1 to 1500 characters'],
  [
    '?ticket=ZD-1&limit=101&since=x',
    'limit: must be a whole number from 1 to 100; since: must be a time such as 2026-05-04T10:00:00Z',
  ],
])('%s is refused by name', async (query, detail) => {
  const answer = await api.get(`/transactions${query}`)
  expect([answer.status, answer.body]).toEqual([422, { detail }])
})

test('another project sees nothing of this one', async () => {
  await adjust('anna', 10, 'ZD-1')
  const { purchase } = await buy(shop.ctx, shop.demo, 'ben', 'pro_monthly')
  const elsewhere = await adminApi(shop.ctx, 'proj0')
  for (const query of ['ticket=ZD-1', `operator=${ANNA}`, `purchase=${purchase.purchaseId}`]) {
    expect((await elsewhere.get(`/transactions?${query}`)).body.items).toEqual([])
  }
  expect((await elsewhere.get('/transactions?user_id=anna')).status).toBe(404)
  expect((await elsewhere.get('/users?query=anna')).body.items).toEqual([])
})

test('older transactions become findable by indexing them, once, however often it is done', async () => {
  await adjust('anna', 10, 'ZD-1 and SUP-2')
  await adjust('ben', 20, 'no ticket', 'admin')
  expect(await indexLedger(shop.ctx, () => undefined)).toMatchObject({ added: 0 })
  await shop.database.query(statement('test.no_references', 'delete from wallet_references'), [])
  expect(shown(await search('ticket=SUP-2'))).toEqual([])
  const seen: number[] = []
  expect(await indexLedger(shop.ctx, ({ transactions }) => seen.push(transactions))).toEqual({
    transactions: 5,
    added: 3,
  })
  expect(seen.at(-1)).toBe(5)
  expect(shown(await search('ticket=SUP-2'))).toEqual(['anna 10'])
  expect(await indexLedger(shop.ctx, () => undefined)).toMatchObject({ added: 0 })
})

test('users are found by the beginning of any of their ids, by e-mail and by purchase, with what they have', async () => {
  const { ctx, demo } = shop
  const { projectId } = demo
  const { purchase } = await buy(ctx, demo, PHONE, 'credits_500')
  await identifyCustomer(ctx, { projectId, appUserId: PHONE, newAppUserId: 'annika' })
  const email = { key: '$email', value: 'Ben@Example.com', updatedAt: shop.clock.now() }
  await setAttributes(ctx, { projectId, appUserId: 'ben', attributes: [email] })
  const find = async (query: string) => (await api.get(`/users?query=${encodeURIComponent(query)}`)).body.items
  const ids = async (query: string) =>
    (await find(query)).map((item: { user_ids: string[]; matched_by: string }) => [
      item.matched_by,
      ...item.user_ids.toSorted(),
    ])
  expect(await ids('ann')).toEqual([
    ['app_user_id', 'anna'],
    ['app_user_id', PHONE, 'annika'],
  ])
  expect(await ids('anna')).toEqual([['app_user_id', 'anna']])
  expect(await ids('$RCAnonymousID:0000')).toEqual([['app_user_id', PHONE, 'annika']])
  expect(await ids('ben@example.COM')).toEqual([['email', 'ben']])
  expect(await ids(purchase.storePurchaseId)).toEqual([['purchase', PHONE, 'annika']])
  for (const nothing of ['nn', 'an%', 'a_na', '%', 'ben@']) expect(await ids(nothing)).toEqual([])
  expect((await find('cleo'))[0]).toMatchObject({
    user_id: 'cleo',
    first_seen_at: '2026-01-31T10:00:00.000Z',
    has_more_user_ids: false,
    balances: [{ currency: 'CRD', balance: 500 }],
  })
  expect((await api.get('/users')).body).toEqual({ detail: 'query: is required' })
  expect((await api.get('/users?query=a%00')).status).toBe(422)
})

test('at most twenty users are answered, the exact id first', async () => {
  for (let index = 10; index < 35; index++) await buy(shop.ctx, shop.demo, `user_${index}`, 'credits_500')
  await buy(shop.ctx, shop.demo, 'user_', 'credits_500')
  const { items } = (await api.get('/users?query=user_')).body
  expect(items).toHaveLength(20)
  expect(items[0].user_id).toBe('user_')
})
