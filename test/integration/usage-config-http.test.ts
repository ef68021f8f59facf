import { beforeEach, expect, test } from 'vitest'
import { documentedConfig } from '../../src/core/usage/fixtures/configs.ts'
import { type Desk, openDesk, SHARED } from '../support/operator-desk.ts'
import { newShopPerStory } from '../support/story.ts'
import { usedBy } from '../support/usage.ts'

const PATH = '/admin/usage/config'

const shop = newShopPerStory()
let desk: Desk
beforeEach(async () => {
  desk = await openDesk(shop.ctx, shop.demo.projectId)
})

const put = (document: unknown, bearer = SHARED) => desk.ask(bearer, `PUT ${PATH}`, document)

test('a configuration that is put counts at once, and is read back as it was written, with its version and author', async () => {
  expect(await desk.ask(SHARED, `GET ${PATH}`)).toMatchObject({ status: 404, body: { detail: 'usage_unconfigured' } })
  const first = await put(documentedConfig())
  expect([first.status, first.body]).toEqual([
    200,
    { version: 1, actor: 'admin', created_at: '2026-01-31T10:00:00.000Z', config: documentedConfig() },
  ])
  expect(first.text).toContain(JSON.stringify(documentedConfig()))
  expect((await usedBy(shop.ctx, shop.demo.projectId, 'anna')).tier).toBe('free')
  expect((await put(documentedConfig())).body.version).toBe(1)
  expect((await put({ ...documentedConfig(), exhausted: { status: 429 } })).body.version).toBe(2)
  expect((await desk.ask(SHARED, `GET ${PATH}`)).body).toMatchObject({
    version: 2,
    config: { exhausted: { status: 429 } },
  })
})

test('one that is wrong is refused with the place of every fault, and the one in force stays', async () => {
  await put(documentedConfig())
  const wrong = { ...documentedConfig(), currency: 'GLD', actions: [{ id: 'chat', cost: { credits: 0 } }], colour: 1 }
  const answer = await put(wrong)
  expect(answer.status).toBe(422)
  for (const fault of [
    '/actions/0/cost/credits: must be a whole number from 1 to 1000000',
    '/colour: is not a known field',
    '/currency: must be a currency of the project; there is no GLD',
  ]) {
    expect(answer.body.detail).toContain(fault)
  }
  expect((await put([])).body).toEqual({ detail: 'body: must be an object' })
  expect((await put(null)).body).toEqual({ detail: 'body: must be an object' })
  expect((await desk.ask(SHARED, `GET ${PATH}`)).body.version).toBe(1)
})

test('it is for those who manage the project; others may look, and strangers learn nothing', async () => {
  await put(documentedConfig())
  const viewer = await desk.hire('Vera', 'viewer')
  expect((await desk.ask(viewer.bearer, `GET ${PATH}`)).status).toBe(200)
  expect(await put(documentedConfig(), viewer.bearer)).toMatchObject({
    status: 403,
    body: { detail: 'role_not_allowed' },
  })
  expect((await put(documentedConfig(), 'wrong')).status).toBe(403)
  expect((await desk.ask(SHARED, `DELETE ${PATH}`)).status).toBe(405)
})
