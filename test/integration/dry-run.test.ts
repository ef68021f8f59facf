import { expect, test } from 'vitest'
import { dryRun, rehearse } from '../../src/usecases/dry-run.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { type AdminApi, adminApi } from '../support/admin-api.ts'
import { contentsOf } from '../support/bulk.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()
const REASON = 'ZD-1 outage goodwill'

/** A shop in which every kind of write is possible, and the ids that they need. */
async function prepare(): Promise<{ api: AdminApi; transactionId: string; holdId: string }> {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const api = await adminApi(shop.ctx, shop.demo.projectId)
  const granted = await api.post('/adjust', { user_id: 'anna', amount: 50, reason: REASON })
  const held = await api.post('/users/anna/holds', { amount: 20, reason: REASON })
  return { api, transactionId: granted.body.transaction_id, holdId: held.body.hold_id }
}

type Write = {
  name: string
  path(ids: { transactionId: string; holdId: string }): string
  body: object
  balance?: number
}

const WRITES: Write[] = [
  { name: 'a grant', path: () => '/adjust', body: { user_id: 'anna', amount: 5, reason: REASON }, balance: 535 },
  { name: 'a deduction', path: () => '/users/anna/adjust', body: { amount: -530, reason: REASON }, balance: 0 },
  {
    name: 'a reversal',
    path: ({ transactionId }) => `/transactions/${transactionId}/reverse`,
    body: { reason: REASON },
  },
  { name: 'a hold', path: () => '/users/anna/holds', body: { amount: 30, reason: REASON }, balance: 500 },
  { name: 'a capture', path: ({ holdId }) => `/holds/${holdId}/capture`, body: { amount: 5 }, balance: 545 },
  { name: 'a release', path: ({ holdId }) => `/holds/${holdId}/void`, body: {}, balance: 550 },
  {
    name: 'an extension',
    path: ({ holdId }) => `/holds/${holdId}/extend`,
    body: { expires_in_seconds: 60 },
    balance: 530,
  },
]

test.each(WRITES)('a dry run of $name answers what it would, and leaves every table byte-equal', async (write) => {
  const { api, ...ids } = await prepare()
  const path = write.path(ids)
  const before = await contentsOf(shop)
  const told = shop.changes.length
  const body = { ...write.body, idempotency_key: 'zd-1' }
  const dry = await api.post(path, { ...body, dry_run: true })
  const byQuery = await api.post(`${path}?dry_run=true`, body)
  for (const answer of [dry, byQuery]) {
    expect(answer.status, answer.text).toBe(200)
    expect(answer.body).toMatchObject({ dry_run: true, replayed: false, idempotency_key: 'zd-1' })
    expect(answer.headers['x-purser-revision']).toBeUndefined()
    if (write.balance !== undefined) expect(answer.body.balance).toBe(write.balance)
  }
  expect(await contentsOf(shop)).toEqual(before)
  expect(shop.changes).toHaveLength(told)

  const real = await api.post(path, { ...body, dry_run: false })
  expect(real.status).toBe(200)
  expect(Object.keys(dry.body)).toEqual([...Object.keys(real.body), 'dry_run'])
  expect(real.body.balance).toBe(dry.body.balance)
  expect(shop.changes.length > told || write.name === 'an extension').toBe(true)
  const replay = await api.post(path, { ...body, dry_run: true })
  expect(replay.body).toMatchObject({ replayed: true, dry_run: true })
})

test('a dry run is refused as the write would be', async () => {
  const { api } = await prepare()
  const ask = (body: object, query = '') => api.post(`/adjust${query}`, { user_id: 'anna', reason: REASON, ...body })
  expect(await ask({ amount: -531, dry_run: true })).toMatchObject({
    status: 422,
    body: { detail: 'insufficient_balance' },
  })
  for (const dry_run of ['true', 1, null, {}]) {
    expect(await ask({ amount: 5, dry_run })).toMatchObject({
      status: 422,
      body: { detail: 'dry_run: must be true or false' },
    })
  }
  expect(await ask({ amount: 5 }, '?dry_run=yes')).toMatchObject({ status: 422 })
  expect(await ask({ amount: 5, dry_run: false }, '?dry_run=true')).toMatchObject({ status: 422 })
  expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(530)
})

test('operations of one rehearsal see each other, and nothing of them is kept', async () => {
  await prepare()
  const before = await contentsOf(shop)
  const order = {
    projectId: shop.demo.projectId,
    userId: 'anna',
    currency: 'CRD',
    reason: REASON,
    actor: 'a',
    requestId: 'r',
  }
  const balances = await rehearse(shop.ctx, async (ctx) => {
    const all = []
    for (const amount of [70, -600, -1]) {
      const adjusted = await adjustBalance(ctx, { ...order, amount, idempotencyKey: null })
      all.push(adjusted.ok ? adjusted.value.adjusted.balance : adjusted.refusal.code)
    }
    return all
  })
  expect(balances).toEqual([600, 0, 'insufficient_balance'])
  expect(await contentsOf(shop)).toEqual(before)
})

test('what fails in a dry run fails as in a real one', async () => {
  const thrown = dryRun(shop.ctx).transaction(async () => {
    throw new Error('the work failed')
  })
  await expect(thrown).rejects.toThrow('the work failed')
})
