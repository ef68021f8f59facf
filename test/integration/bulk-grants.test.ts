import { expect, test } from 'vitest'
import { statement } from '../../src/db/statement.ts'
import { advanceBulks } from '../../src/usecases/bulk/advance-bulks.ts'
import { discardBulk } from '../../src/usecases/bulk/change-bulk.ts'
import type { Ctx, Tx } from '../../src/usecases/ports.ts'
import { adjustBalance } from '../../src/usecases/wallet/adjust-balance.ts'
import { addCustomers, bulkNow, contentsOf, order, upload, workAll } from '../support/bulk.ts'
import { balanceOf } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'
import { withTransaction } from '../support/with-transaction.ts'

const shop = newShopPerStory()
const LEASE_MS = 60_000
const users = (count: number) => Array.from({ length: count }, (_, index) => `user-${index}`)

const LEDGER = statement(
  'test.bulk_ledger',
  `select count(*) as transactions, count(distinct request_id) as rows from wallet_transactions where request_id like $1`,
)

/** How many ledger transactions the rows of a bulk grant have, and of how many different rows they are. */
async function ledgerOf(bulkId: string): Promise<{ transactions: number; rows: number }> {
  const [found] = await shop.database.query<{ transactions: number; rows: number }>(LEDGER, [`${bulkId}:%`])
  if (found === undefined) throw new Error('a count has a row')
  return found
}

/** A worker that dies after so many changes were committed: nothing that it does later reaches the database. */
function dyingWorker(ctx: Ctx, changesLeft: number): Ctx {
  let left = changesLeft
  return withTransaction(ctx, async (work) => {
    if (left <= 0) throw new Error('this worker is dead')
    let isChange = false
    const result = await ctx.transaction((tx) => work(watching(tx, () => (isChange = true))))
    if (isChange) left -= 1
    return result
  })
}

function watching(tx: Tx, onChange: () => void): Tx {
  const append: Tx['wallet']['append'] = (...all) => {
    onChange()
    return tx.wallet.append(...all)
  }
  return { ...tx, wallet: { ...tx.wallet, append } }
}

test('each row is one change, by the rules and under the name of a single one', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, ['anna', 'ben'])
  const bulk = await upload(shop.ctx, projectId, [
    { user_id: 'anna', amount: 50 },
    { user_id: 'anna', amount: -20 },
    { user_id: 'ben', amount: -1 },
    { user_id: 'nobody', amount: 5 },
    { user_id: 'ben', amount: 5, currency: 'GLD' },
    { user_id: 'anna', amount: -30 },
  ])
  await order(shop.ctx, bulk, 'start')
  expect(await workAll(shop.ctx)).toBe(6)
  expect(await bulkNow(shop.ctx, bulk)).toMatchObject({
    state: 'done',
    done: 3,
    refused: 3,
    refusals: { insufficient_balance: 1, customer_not_found: 1, currency_unknown: 1 },
    dueAt: null,
    leasedUntil: null,
  })
  expect(await balanceOf(shop.ctx, projectId, 'anna')).toBe(0)
  const rows = await shop.ctx.read.bulk.rows(bulk, { after: 0, limit: 10, which: 'done' })
  expect(rows.map(({ number, balance }) => [number, balance])).toEqual([
    [1, 50],
    [2, 30],
    [6, 0],
  ])
  const written = await shop.ctx.read.wallet.transaction(projectId, rows[0]?.transactionId ?? '')
  expect(written).toMatchObject({
    kind: 'admin_adjust',
    actor: 'admin',
    reason: 'ZD-1 outage',
    requestId: `${bulk.bulkId}:1`,
  })
})

test('a worker that dies between a change and its outcome is followed by another, and no row is done twice', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, users(40))
  const bulk = await upload(
    shop.ctx,
    projectId,
    users(40).map((user_id) => ({ user_id, amount: 5 })),
  )
  await order(shop.ctx, bulk, 'start')
  // One change is one transaction here; the claim of the slice is one more.
  await expect(advanceBulks(dyingWorker(shop.ctx, 13))).rejects.toThrow('this worker is dead')
  expect(await ledgerOf(bulk.bulkId)).toMatchObject({ rows: expect.any(Number) })
  expect((await ledgerOf(bulk.bulkId)).rows).toBeGreaterThanOrEqual(13)
  expect(await bulkNow(shop.ctx, bulk)).toMatchObject({ state: 'running', done: 0 })
  expect(await advanceBulks(shop.ctx)).toEqual({ done: 0, more: false })
  shop.clock.advance(LEASE_MS)
  await workAll(shop.ctx)
  expect(await bulkNow(shop.ctx, bulk)).toMatchObject({ state: 'done', done: 40, refused: 0 })
  expect(await ledgerOf(bulk.bulkId)).toEqual({ transactions: 40, rows: 40 })
  for (const user of users(40)) expect(await balanceOf(shop.ctx, projectId, user)).toBe(5)
})

test('a worker that lost its slice writes no outcomes over those of the one that followed', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, ['anna'])
  const bulk = await upload(shop.ctx, projectId, [{ user_id: 'anna', amount: -5 }])
  await order(shop.ctx, bulk, 'start')
  let isFirst = true
  const slow = withTransaction(shop.ctx, async (work) => {
    const result = await shop.ctx.transaction(work)
    // The first refusal is the row's: before it is written down, the lease ends and somebody else does better.
    if (!result.ok && isFirst) {
      isFirst = false
      shop.clock.advance(LEASE_MS)
      const gift = {
        projectId,
        userId: 'anna',
        currency: 'CRD',
        amount: 5,
        reason: 'ZD-2 gift',
        idempotencyKey: null,
      }
      await adjustBalance(shop.ctx, { ...gift, actor: 'admin', requestId: 'r1' })
      await workAll(shop.ctx)
    }
    return result
  })
  expect(await advanceBulks(slow)).toEqual({ done: 0, more: true })
  expect(await bulkNow(shop.ctx, bulk)).toMatchObject({ state: 'done', done: 1, refused: 0 })
  expect(await balanceOf(shop.ctx, projectId, 'anna')).toBe(0)
})

test('two workers at once do every row once, and count it once', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, users(30))
  const rows = Array.from({ length: 900 }, (_, index) => ({ user_id: `user-${index % 30}`, amount: 2 }))
  const bulk = await upload(shop.ctx, projectId, rows)
  await order(shop.ctx, bulk, 'start')
  const worker = async () => {
    let settled = 0
    while ((await bulkNow(shop.ctx, bulk)).state === 'running') settled += (await advanceBulks(shop.ctx)).done
    return settled
  }
  const settled = await Promise.all([worker(), worker()])
  expect(settled.reduce((sum, count) => sum + count, 0)).toBe(900)
  expect(await bulkNow(shop.ctx, bulk)).toMatchObject({ state: 'done', done: 900, refused: 0 })
  expect(await ledgerOf(bulk.bulkId)).toEqual({ transactions: 900, rows: 900 })
  for (const user of users(30)) expect(await balanceOf(shop.ctx, projectId, user)).toBe(60)
})

test('pause, resume and cancel hold between slices, and what is done stays done', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, ['anna'])
  const bulk = await upload(
    shop.ctx,
    projectId,
    Array.from({ length: 600 }, () => ({ user_id: 'anna', amount: 1 })),
  )
  expect(await order(shop.ctx, bulk, 'pause')).toMatchObject({ refusal: { code: 'bulk_state', state: 'uploaded' } })
  await order(shop.ctx, bulk, 'start')
  expect(await advanceBulks(shop.ctx)).toEqual({ done: 256, more: true })
  expect(await order(shop.ctx, bulk, 'pause')).toMatchObject({ ok: true, value: { state: 'paused' } })
  expect(await advanceBulks(shop.ctx)).toEqual({ done: 0, more: false })
  expect(await order(shop.ctx, bulk, 'start')).toMatchObject({ refusal: { code: 'bulk_state', state: 'paused' } })
  expect(await order(shop.ctx, bulk, 'resume')).toMatchObject({ ok: true, value: { state: 'running' } })
  expect(await order(shop.ctx, bulk, 'resume')).toMatchObject({ ok: true, value: { state: 'running' } })
  expect(await advanceBulks(shop.ctx)).toEqual({ done: 256, more: true })
  await order(shop.ctx, bulk, 'cancel')
  expect(await advanceBulks(shop.ctx)).toEqual({ done: 0, more: false })
  expect(await order(shop.ctx, bulk, 'resume')).toMatchObject({ refusal: { code: 'bulk_state', state: 'cancelled' } })
  expect(await bulkNow(shop.ctx, bulk)).toMatchObject({ state: 'cancelled', done: 512, refused: 0 })
  expect(await balanceOf(shop.ctx, projectId, 'anna')).toBe(512)
})

test('an order during a slice lets it end and counts it', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, users(3))
  const bulk = await upload(
    shop.ctx,
    projectId,
    users(3).map((user_id) => ({ user_id, amount: 1 })),
  )
  await order(shop.ctx, bulk, 'start')
  let isFirst = true
  const cancelling: Ctx = {
    ...shop.ctx,
    read: {
      ...shop.ctx.read,
      catalog: {
        ...shop.ctx.read.catalog,
        ofProject: async (id) => {
          if (isFirst) await order(shop.ctx, bulk, 'cancel')
          isFirst = false
          return shop.ctx.read.catalog.ofProject(id)
        },
      },
    },
  }
  expect(await advanceBulks(cancelling)).toEqual({ done: 3, more: true })
  expect(await bulkNow(shop.ctx, bulk)).toMatchObject({ state: 'done', done: 3, dueAt: null })
})

test('the forecast changes nothing but itself, and sees the rows of one user in their order', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, users(300))
  const rows = [
    ...users(300).map((user_id) => ({ user_id, amount: 10 })),
    ...users(300).map((user_id, index) => ({ user_id, amount: index < 295 ? -10 : -11 })),
    { user_id: 'nobody', amount: 1 },
  ]
  const bulk = await upload(shop.ctx, projectId, rows)
  const before = await contentsOf(shop)
  expect(await workAll(shop.ctx)).toBe(601)
  const after = await contentsOf(shop)
  for (const own of ['bulk_grants', 'bulk_rows']) {
    delete before[own]
    delete after[own]
  }
  expect(after).toEqual(before)
  expect((await bulkNow(shop.ctx, bulk)).forecast).toMatchObject({
    isDone: true,
    judged: 601,
    users: 301,
    unknownUsers: 1,
    refusals: { insufficient_balance: 5, customer_not_found: 1 },
  })
})

test('a key of its own protects a row from another file with the same row', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, ['anna'])
  const rows = [{ user_id: 'anna', amount: 5, idempotency_key: 'may-1' }]
  for (const isAgain of [false, true]) {
    const bulk = await upload(shop.ctx, projectId, rows)
    await workAll(shop.ctx)
    expect((await bulkNow(shop.ctx, bulk)).forecast.replayed).toBe(isAgain ? 1 : 0)
    await order(shop.ctx, bulk, 'start')
    await workAll(shop.ctx)
    const [row] = await shop.ctx.read.bulk.rows(bulk, { after: 0, limit: 1, which: 'done' })
    expect(row).toMatchObject({ replayed: isAgain, balance: 5 })
  }
  expect(await balanceOf(shop.ctx, projectId, 'anna')).toBe(5)
})

test('a bulk grant that was never started can be forgotten, one that was cannot', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, ['anna'])
  const before = await contentsOf(shop)
  const bulk = await upload(shop.ctx, projectId, [{ user_id: 'anna', amount: 5 }])
  expect(await discardBulk(shop.ctx, bulk)).toMatchObject({ ok: true })
  expect(await contentsOf(shop)).toEqual(before)
  const kept = await upload(shop.ctx, projectId, [{ user_id: 'anna', amount: 5 }])
  await order(shop.ctx, kept, 'start')
  expect(await discardBulk(shop.ctx, kept)).toMatchObject({ refusal: { code: 'bulk_state', state: 'running' } })
})

test('what was started so long ago that keys may be forgotten does not go on', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, ['anna'])
  const bulk = await upload(shop.ctx, projectId, [{ user_id: 'anna', amount: 5 }])
  await order(shop.ctx, bulk, 'start')
  await order(shop.ctx, bulk, 'pause')
  shop.clock.advance(30 * 24 * 60 * LEASE_MS)
  await order(shop.ctx, bulk, 'resume')
  await workAll(shop.ctx)
  expect(await bulkNow(shop.ctx, bulk)).toMatchObject({ state: 'cancelled', done: 0 })
  expect(await balanceOf(shop.ctx, projectId, 'anna')).toBe(0)
})
