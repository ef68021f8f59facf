import { expect, test } from 'vitest'
import { advanceBulks } from '../../src/usecases/bulk/advance-bulks.ts'
import { adminApi } from '../support/admin-api.ts'
import { contentsOf } from '../support/bulk.ts'
import { balanceOf, buy } from '../support/demo.ts'
import { newShopPerStory } from '../support/story.ts'

const shop = newShopPerStory()
const CSV = { 'content-type': 'text/csv' }

/** Lets the worker do all that is due at this moment. */
async function work(): Promise<void> {
  while ((await advanceBulks(shop.ctx)).more);
}

test('a file is handed in, previewed, started, done, and its result downloaded', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  await buy(shop.ctx, shop.demo, 'ben', 'credits_500')
  const api = await adminApi(shop.ctx, shop.demo.projectId)
  const file =
    'user_id,amount,reason\r\nanna,50,"ZD-1, outage"\r\nben,-600,too much\r\nnobody,5,ZD-1 typo\r\nanna,7,=again\r\n'
  const uploaded = await api.post('/bulk?name=may.csv', file, CSV)
  expect(uploaded.status, uploaded.text).toBe(201)
  expect(uploaded.body).toMatchObject({
    state: 'uploaded',
    name: 'may.csv',
    rows: 4,
    sums: [{ currency: 'CRD', rows: 4, granted: 62, deducted: 600 }],
    uploaded_by: 'admin',
    same_content_as: null,
    preview: { is_done: false, judged: 0 },
  })
  const path = `/bulk/${uploaded.body.bulk_id}`
  await work()
  expect((await api.get(path)).body.preview).toEqual({
    is_done: true,
    judged: 4,
    would_be_done: 2,
    would_be_refused: 2,
    already_done: 0,
    refusals: expect.arrayContaining([
      { code: 'insufficient_balance', rows: 1 },
      { code: 'rc_customer_not_found', rows: 1 },
    ]),
    users: 3,
    unknown_users: 1,
  })
  const foreseen = await api.get(`${path}/rows?status=would_be_refused`)
  expect(foreseen.body.items.map((row: { line: number }) => row.line)).toEqual([3, 4])
  expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(500)

  expect((await api.post(`${path}/start`)).body).toMatchObject({ state: 'running', started_by: 'admin' })
  await work()
  const done = await api.get(path)
  expect(done.body).toMatchObject({
    state: 'done',
    progress: { done: 2, refused: 2, remaining: 0 },
  })
  expect(await balanceOf(shop.ctx, shop.demo.projectId, 'anna')).toBe(557)
  const refused = await api.get(`${path}/rows?status=refused&limit=1`)
  expect(refused.body).toMatchObject({ items: [{ line: 3, refusal: 'insufficient_balance' }], next_cursor: '2' })
  const rest = await api.get(`${path}/rows?status=refused&limit=1&cursor=2`)
  expect(rest.body).toMatchObject({ items: [{ line: 4, refusal: 'rc_customer_not_found' }], next_cursor: null })
  const result = await api.get(`${path}/result.csv`)
  expect(result.headers['content-type']).toBe('text/csv; charset=utf-8')
  const lines = result.text.split('\r\n')
  expect(lines[0]).toMatch(/^line,user_id,amount,currency,reason,/)
  expect(lines[1]).toMatch(/^2,anna,50,CRD,"ZD-1, outage",,done,,,vatx\w+,550,2026-/)
  expect(lines[4]).toMatch(/^5,anna,7,CRD,'=again,,done,,,vatx\w+,557,/)
  expect(lines).toHaveLength(6)
})

test('a list comes as JSON, and a dry run of it keeps nothing', async () => {
  await buy(shop.ctx, shop.demo, 'anna', 'credits_500')
  const api = await adminApi(shop.ctx, shop.demo.projectId)
  const list = { rows: [{ user_id: 'anna', amount: 5 }], reason: 'ZD-1 outage', name: 'a list' }
  const before = await contentsOf(shop)
  const dry = await api.post('/bulk', { ...list, dry_run: true })
  expect(dry).toMatchObject({ status: 200, body: { state: 'uploaded', rows: 1, dry_run: true } })
  expect(await contentsOf(shop)).toEqual(before)
  const first = await api.post('/bulk', list)
  const second = await api.post('/bulk', list)
  expect(second).toMatchObject({ status: 201, body: { same_content_as: first.body.bulk_id } })
  const listed = await api.get('/bulk?limit=1')
  expect(listed.body.items.map((bulk: { bulk_id: string }) => bulk.bulk_id)).toEqual([second.body.bulk_id])
  const older = await api.get(`/bulk?limit=1&cursor=${listed.body.next_cursor}`)
  expect(older.body).toMatchObject({ items: [{ bulk_id: first.body.bulk_id }], next_cursor: null })
  const started = await api.post(`/bulk/${first.body.bulk_id}/start`, { dry_run: true })
  expect(started.body).toMatchObject({ state: 'running', dry_run: true })
  expect((await api.get(`/bulk/${first.body.bulk_id}`)).body.state).toBe('uploaded')
})

test('a file with faults is not taken, and each fault is named with line and column', async () => {
  const api = await adminApi(shop.ctx, shop.demo.projectId)
  const before = await contentsOf(shop)
  const answer = await api.post('/bulk?reason=ZD-1%20outage', 'user_id,amount\nanna,1.5\n,7\nben,5\n', CSV)
  expect(answer).toMatchObject({
    status: 422,
    body: {
      detail: 'file_invalid: line 2, amount: must be a whole number; line 3, user_id: is required',
      faults: [
        { line: 2, column: 'amount', problem: 'must be a whole number' },
        { line: 3, column: 'user_id', problem: 'is required' },
      ],
      is_cut: false,
    },
  })
  const many = Array.from({ length: 500 }, () => 'anna,x').join('\n')
  const cut = await api.post('/bulk?reason=ZD-1%20outage', `user_id,amount\n${many}`, CSV)
  expect(cut.body).toMatchObject({ is_cut: true })
  expect(cut.body.faults).toHaveLength(100)
  const long = Array.from({ length: 100_001 }, () => 'anna,5').join('\n')
  const tooLong = await api.post('/bulk?reason=ZD-1%20outage', `user_id,amount\n${long}`, CSV)
  expect(tooLong.body.faults).toEqual([
    { line: 100_002, column: null, problem: expect.stringContaining('100000 rows') },
  ])
  expect(await contentsOf(shop)).toEqual(before)
})

test.each([
  ['', 'user_id,amount\nanna,5\n', 'line 1, reason: is missing'],
  ['?reason=no', 'user_id,amount\nanna,5\n', 'reason: must have 3 to 500 characters'],
  ['?reason=fine&currency=C%20D', 'user_id,amount\nanna,5\n', 'currency: must be a code'],
  ['?reason=fine&name=', 'user_id,amount\nanna,5\n', 'name: must be a text'],
  ['?reason=fine&reason=again', 'user_id,amount\nanna,5\n', 'reason: must be a text'],
  ['?reason=fine', 'user_id,amount\n', 'line 1: there is no row'],
  ['?reason=fine', '', 'line 1: the file is empty'],
  ['?dry_run=perhaps', 'user_id,amount\nanna,5\n', 'dry_run: must be true or false'],
])('the query %j with the file %j is refused: %s', async (query, file, detail) => {
  const api = await adminApi(shop.ctx, shop.demo.projectId)
  const answer = await api.post(`/bulk${query}`, file, CSV)
  expect(answer.status).toBe(422)
  expect(answer.body.detail).toContain(detail)
})

test('what is not there, not possible or not understood is refused', async () => {
  const api = await adminApi(shop.ctx, shop.demo.projectId)
  expect(await api.post('/bulk', 'x', { 'content-type': 'text/plain' })).toMatchObject({ status: 415 })
  expect(await api.post('/bulk', { rows: 5 })).toMatchObject({ status: 422 })
  expect(await api.post('/bulk', { rows: [], size: 1 })).toMatchObject({ status: 422 })
  expect(await api.post('/bulk', { rows: [{}], reason: 'fine' })).toMatchObject({ status: 422 })
  for (const path of ['/bulk/bulk1', '/bulk/bulk1/rows', '/bulk/bulk1/result.csv', '/bulk/a%2Fb', '/bulk/a-b/rows']) {
    expect(await api.get(path)).toMatchObject({ status: 404, body: { detail: 'bulk_not_found' } })
  }
  expect(await api.post('/bulk/bulk1/start')).toMatchObject({ status: 404 })
  const list = { rows: [{ user_id: 'anna', amount: 5 }], reason: 'ZD-1 outage' }
  const path = `/bulk/${(await api.post('/bulk', list)).body.bulk_id}`
  expect(await api.post(`${path}/pause`)).toMatchObject({
    status: 409,
    body: { detail: 'bulk_state_conflict: it is uploaded' },
  })
  expect(await api.post(`${path}/start`, { force: true })).toMatchObject({ status: 422 })
  for (const query of ['status=lost', 'limit=0', 'limit=501', 'cursor=x']) {
    expect(await api.get(`${path}/rows?${query}`)).toMatchObject({ status: 422 })
  }
  expect(await api.get('/bulk?cursor=a-b')).toMatchObject({ status: 422 })
  expect(await api.post('/users/anna/balances')).toMatchObject({ status: 405 })
})
