import { expect, test } from 'vitest'
import { documentedConfig } from '../../src/core/usage/fixtures/configs.ts'
import { getUsage } from '../../src/usecases/usage/get-usage.ts'
import { setUsageConfig } from '../../src/usecases/usage/set-usage-config.ts'
import { newShopPerStory } from '../support/story.ts'
import { configureUsage, consumeAs } from '../support/usage.ts'

const shop = newShopPerStory()
const set = (document: unknown) => setUsageConfig(shop.ctx, { projectId: shop.demo.projectId, document, actor: 'test' })

test('without a configuration nothing is metered and nothing can be consumed', async () => {
  const refusal = { ok: false, refusal: { code: 'usage_unconfigured' } }
  expect(await getUsage(shop.ctx, { projectId: shop.demo.projectId, appUserId: 'anna' })).toEqual(refusal)
  expect(await consumeAs(shop.ctx, shop.demo.projectId, 'anna', 'chat_message')).toEqual(refusal)
  expect(await shop.ctx.read.customers.findByAppUserId(shop.demo.projectId, 'anna')).toBeNull()
})

test('the documented configuration fits the demo project, and what is stored is what was written', async () => {
  expect(await set(documentedConfig())).toMatchObject({
    value: { changed: true, config: { version: 1, actor: 'test' } },
  })
  const stored = await shop.ctx.read.usage.config(shop.demo.projectId)
  expect(JSON.stringify(stored?.document)).toBe(JSON.stringify(documentedConfig()))
})

test('the newest version counts at once, the same again is no new one, and parallel ones get numbers of their own', async () => {
  expect(await configureUsage(shop.ctx, shop.demo.projectId)).toBe(1)
  expect(await set(documentedConfig())).toMatchObject({ value: { changed: false, config: { version: 1 } } })
  const statuses = [402, 429, 402, 429, 402]
  const actions = (number: number) => [{ id: `a${number}`, cost: { credits: 1 } }]
  const versions = await Promise.all(
    statuses.map((status, index) =>
      configureUsage(shop.ctx, shop.demo.projectId, { exhausted: { status }, actions: actions(index) }),
    ),
  )
  expect(versions.toSorted()).toEqual([2, 3, 4, 5, 6])
  const last = versions.indexOf(6)
  expect(await consumeAs(shop.ctx, shop.demo.projectId, 'anna', `a${last}`)).toMatchObject({ ok: true })
  expect(await consumeAs(shop.ctx, shop.demo.projectId, 'anna', 'chat_message')).toMatchObject({ ok: false })
})

test('one that names what the project does not sell is refused, and the one in force stays', async () => {
  await configureUsage(shop.ctx, shop.demo.projectId)
  const tiers = [{ id: 'free', default: true, products: ['gone'], caps: { questions: 1, tts: 1 } }]
  expect(await set({ ...documentedConfig(), tiers, currency: 'GLD' })).toMatchObject({
    refusal: { code: 'config_invalid', faults: [{ pointer: '/currency' }, { pointer: '/tiers/0/products/0' }] },
  })
  expect((await shop.ctx.read.usage.config(shop.demo.projectId))?.version).toBe(1)
})
