import { expect, test } from 'vitest'
import { ok } from '../../src/core/lib/result.ts'
import { addCustomers, workAll } from '../support/bulk.ts'
import { openDesk } from '../support/operator-desk.ts'
import { newShopPerStory } from '../support/story.ts'

/** Guarantee: a file is no way around what an operator may not do alone. */
const shop = newShopPerStory()
const rows = (amounts: number[]) => ({
  rows: amounts.map((amount) => ({ user_id: 'anna', amount })),
  reason: 'ZD-1 outage',
})

test('a role that may change single balances may look at bulk grants, but not hand in or start one', async () => {
  const desk = await openDesk(shop.ctx, shop.demo.projectId)
  const lead = await desk.hire('Lea', 'lead')
  const support = await desk.hire('Sam', 'support')
  const uploaded = await desk.ask(lead.bearer, 'POST /admin/credits/bulk', rows([5]))
  expect(uploaded).toMatchObject({ status: 201, body: { uploaded_by: lead.actor } })
  const path = `/admin/credits/bulk/${uploaded.body.bulk_id}`
  for (const write of ['POST /admin/credits/bulk', `POST ${path}/start`, `POST ${path}/cancel`]) {
    expect(await desk.ask(support.bearer, write, rows([5]))).toMatchObject({
      status: 403,
      body: { detail: 'role_not_allowed' },
    })
  }
  expect(await desk.ask(support.bearer, `GET ${path}/rows`)).toMatchObject({ status: 200 })
})

test('rows count for the limits of whoever started, and what needs two people is refused', async () => {
  const { projectId } = shop.demo
  await addCustomers(shop.ctx, projectId, ['anna'])
  await shop.ctx.transaction(async (tx) => ok(await tx.approvals.setThreshold(projectId, 100)))
  const desk = await openDesk(shop.ctx, projectId)
  const boss = await desk.hire('Bo', 'lead')
  const lead = await desk.hire('Lea', 'lead', { maxPerChange: 50, maxPerDay: 60 })
  const uploaded = await desk.ask(boss.bearer, 'POST /admin/credits/bulk', rows([40, 51, 101, 15, 10]))
  const path = `/admin/credits/bulk/${uploaded.body.bulk_id}`
  await workAll(shop.ctx)
  // The forecast is of who handed it in, who has no limits.
  expect((await desk.ask(boss.bearer, `GET ${path}`)).body.preview.refusals).toEqual([
    { code: 'approval_required', rows: 1 },
  ])
  expect(await desk.ask(lead.bearer, `POST ${path}/start`)).toMatchObject({ body: { started_by: lead.actor } })
  await workAll(shop.ctx)
  const done = await desk.ask(boss.bearer, `GET ${path}`)
  expect(done.body).toMatchObject({ state: 'done', progress: { done: 2, refused: 3 } })
  const all = await desk.ask(boss.bearer, `GET ${path}/rows`)
  expect(all.body.items.map((row: { refusal: string | null }) => row.refusal)).toEqual([
    null,
    'operator_limit_exceeded',
    'approval_required',
    null,
    'operator_limit_exceeded',
  ])
})
