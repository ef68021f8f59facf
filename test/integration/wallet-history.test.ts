import { beforeEach, expect, test } from 'vitest'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()
let api: AdminApi
beforeEach(async () => {
  api = await adminApi(shop.ctx, shop.demo.projectId)
})

/** A purchase and four adjustments, a second apart; answers the ids of the adjustments, oldest first. */
async function fillLedger(): Promise<string[]> {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const ids: string[] = []
  for (const amount of [10, -20, 30, -40]) {
    shop.clock.advance(1_000)
    ids.push((await api.post('/adjust', { user_id: 'anna', amount, reason: `ZD-${amount}` })).body.transaction_id)
  }
  return ids
}

const list = async (query = '') => (await api.get(`/users/anna/transactions${query}`)).body
const amountsOf = (page: { items: Array<{ changes: Array<{ amount: number }> }> }) =>
  page.items.map(({ changes }) => changes[0]?.amount)

test('the ledger is listed with the newest first, in pages that meet without a gap whatever is written meanwhile', async () => {
  await fillLedger()
  const first = await list('?limit=2')
  expect(amountsOf(first)).toEqual([-40, 30])
  shop.clock.advance(1_000)
  await api.post('/adjust', { user_id: 'anna', amount: 7, reason: 'ZD-9' })
  const second = await list(`?limit=2&cursor=${first.next_cursor}`)
  expect(amountsOf(second)).toEqual([-20, 10])
  const third = await list(`?limit=2&cursor=${second.next_cursor}`)
  expect([amountsOf(third), third.next_cursor]).toEqual([[500], null])
})

test('an entry says why, by whom, for which charge and what became of it', async () => {
  const ids = await fillLedger()
  const undone = (await api.post(`/transactions/${ids[1]}/reverse`, { reason: 'ZD-5 mistake' })).body.transaction_id
  const { items } = await list()
  expect(items[0]).toEqual({
    transaction_id: undone,
    kind: 'reversal',
    changes: [{ currency: 'CRD', amount: 20 }],
    reason: 'ZD-5 mistake',
    actor: 'admin',
    request_id: '0123456789abcdef',
    purchase_id: null,
    store_transaction_id: null,
    reverses_transaction_id: ids[1],
    reversed_by: null,
    operation_id: null,
    created_at: '2026-01-31T10:00:04.000Z',
  })
  expect(items.find((item: { transaction_id: string }) => item.transaction_id === ids[1]).reversed_by).toBe(undone)
  expect(items.at(-1)).toMatchObject({
    kind: 'purchase_grant',
    actor: 'system',
    purchase_id: expect.stringMatching(/^purch/),
    store_transaction_id: expect.stringMatching(/^test_/),
  })
})

test.each([
  ['?kind=purchase_grant', [500]],
  ['?kind=reversal', []],
  ['?currency=CRD&limit=1', [-40]],
  ['?currency=GEM', []],
  ['?since=2026-01-31T10:00:03Z', [-40, 30]],
  ['?since=2026-01-31T11:00:03%2B01:00&until=2026-01-31T10:00:04.000Z', [30]],
  ['?until=2026-01-31T10:00:00Z', []],
])('%s narrows the list', async (query, amounts) => {
  await fillLedger()
  expect(amountsOf(await list(query))).toEqual(amounts)
})

test.each([
  ['?limit=0', 'limit: must be a whole number from 1 to 100'],
  ['?limit=101', 'limit: must be a whole number from 1 to 100'],
  ['?limit=1.5', 'limit: must be a whole number from 1 to 100'],
  ['?cursor=a%00b', 'cursor: must be a next_cursor'],
  ['?currency=no-code', 'currency: must be a code of 1 to 10 letters, digits or underscores'],
  ['?since=yesterday', 'since: must be a time such as 2026-05-04T10:00:00Z'],
  ['?until=2026-13-01T00:00:00Z', 'until: must be a time such as 2026-05-04T10:00:00Z'],
  ['?limit=2&limit=3', 'limit: must be a whole number from 1 to 100'],
])('%s is refused by name', async (query, detail) => {
  const answer = await api.get(`/users/anna/transactions${query}`)
  expect([answer.status, answer.body]).toEqual([422, { detail }])
})

test('one transaction is shown with its postings, lots and draws', async () => {
  const ids = await fillLedger()
  const granted = (await api.get(`/transactions/${ids[2]}`)).body
  expect(granted).toMatchObject({
    postings: [
      { account: 'issued_by_operator', currency: 'CRD', amount: -30 },
      { account: 'wallet', currency: 'CRD', amount: 30 },
    ],
    new_lots: [{ currency: 'CRD', granted: 30, remaining: 30, source: 'operator', expires_at: null }],
    draws: [],
    changes: [{ currency: 'CRD', amount: 30 }],
    reversed_by: null,
    operation_id: null,
  })
  const spent = (await api.get(`/transactions/${ids[3]}`)).body
  expect(spent.draws).toEqual([{ lot_id: expect.stringMatching(/^lot/), currency: 'CRD', amount: 40 }])
})

test('what is not there is not found: a user, a transaction, and one of another project', async () => {
  const [id] = await fillLedger()
  expect((await api.get('/users/nobody/transactions')).body).toEqual({ detail: 'rc_customer_not_found' })
  const elsewhere = await adminApi(shop.ctx, 'proj0')
  for (const answer of [await api.get('/transactions/vatx0'), await elsewhere.get(`/transactions/${id}`)]) {
    expect([answer.status, answer.body]).toEqual([404, { detail: 'transaction_not_found' }])
  }
})
